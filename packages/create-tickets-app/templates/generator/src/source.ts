import { setTimeout as sleep } from 'node:timers/promises'
import type { Chunk, Source } from '@tickets/core'
import { Order } from './order.ts'
import { sampleOrder } from './sample-orders.ts'

const text = new TextEncoder()

/** Creates a source of `count` made-up orders. `rate` is in orders a second; 0 is as fast as it goes. Position k is order k, so a run resumes anywhere. */
export const generated = ({ count, rate = 0 }: { readonly count: number; readonly rate?: number }): Source<Order> => ({
  name: 'generated',
  schema: Order,
  until: 'complete',
  fixed: true,
  describe: async () => ({
    topics: [{ name: 'orders', id: null }],
    partitions: [{ id: 'orders-0', topic: 'orders', earliest: 0, start: 0, end: count }],
  }),
  async partitions(on) {
    on.assigned(['orders-0'])
    return { close: async () => {} }
  },
  async open(_partition, from, { to = count, ...options }) {
    const [began, first] = [Date.now(), from]
    let position = from
    const due = () => (rate === 0 ? to : Math.min(to, first + Math.floor(((Date.now() - began) / 1000) * rate)))
    return {
      async read({ rows, ms, signal }): Promise<Chunk<Order, number> | 'end'> {
        if (position >= to) return 'end'
        if (due() === position) await sleep(Math.min(ms, 1000 / rate), undefined, { signal }).catch(() => {})
        const begin = position
        position = Math.min(begin + rows, due())
        const messages = Array.from({ length: position - begin }, (_, i) => ({
          value: text.encode(JSON.stringify(sampleOrder(begin + i))),
          offset: begin + i,
        }))
        return { ...Order.decode(messages, options), position, lag: to - position }
      },
      async close() {},
    }
  },
})

export const source = generated({ count: 10_000, rate: Number(process.env.RATE ?? 0) })
