import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END_OF_TIME, Upstream, type UpstreamState } from './upstream.ts'

const never = Number.NEGATIVE_INFINITY
const names = ['in-0', 'in-1', 'in-2']

describe('the watermark behind a repartition', () => {
  it('is nothing until a mark has named the tasks, and then the minimum of what each of them said', () => {
    const upstream = new Upstream()
    upstream.addRow('in-0', 500)
    upstream.addRow('in-1', 100)
    expect(upstream.watermark).toBe(never)
    upstream.addMarker('in-0', 600, 'running', names)
    expect(upstream.watermark).toBe(never)
    expect(upstream.slowest).toEqual(['in-2'])
    upstream.addRow('in-2', 50)
    expect(upstream.watermark).toBe(50)
    upstream.addRow('in-2', 1000)
    expect(upstream.watermark).toBe(100)
    upstream.addMarker('in-1', 700, 'running', names)
    expect(upstream.watermark).toBe(600)
  })

  it('waits for a task that any mark names, and for one that speaks and that none has named yet', () => {
    const upstream = new Upstream()
    upstream.addMarker('in-0', 10, 'running', ['in-0'])
    expect(upstream.watermark).toBe(10)
    upstream.addMarker('in-0', 20, 'running', ['in-0', 'in-1'])
    upstream.addRow('in-0', 30)
    expect(upstream.watermark).toBe(10)
    upstream.addMarker('in-1', 40, 'running', ['in-0', 'in-1'])
    expect(upstream.watermark).toBe(30)
    upstream.addRow('in-9', 35)
    upstream.addRow('in-0', 99)
    upstream.addRow('in-1', 99)
    expect(upstream.watermark).toBe(35)
  })

  it('does not wait for idle tasks, and never goes back when one returns', () => {
    const upstream = new Upstream()
    for (const [i, name] of names.entries()) upstream.addMarker(name, 10 * (i + 1), 'running', names)
    expect(upstream.watermark).toBe(10)
    upstream.addMarker('in-0', 10, 'idle', names)
    expect(upstream.watermark).toBe(20)
    upstream.addMarker('in-1', 20, 'idle', names)
    upstream.addMarker('in-2', 30, 'idle', names)
    expect(upstream.watermark).toBe(30)
    expect(upstream.ended).toBe(false)
    upstream.addRow('in-0', 10)
    upstream.addMarker('in-2', 90, 'running', names)
    expect(upstream.watermark).toBe(30)
    upstream.addRow('in-0', 55)
    expect(upstream.watermark).toBe(55)
  })

  it('comes to the same when all go idle, in whatever order', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]
    for (const order of orders) {
      const upstream = new Upstream()
      // The first never had a row.
      for (const i of order) upstream.addMarker(names[i] as string, i === 0 ? never : 10 * i, 'idle', names)
      expect(upstream.watermark, order.join()).toBe(20)
      upstream.addRow('in-1', 30)
      expect(upstream.watermark).toBe(30)
    }
  })

  it('ends when every task has ended', () => {
    const upstream = new Upstream()
    expect(upstream.ended).toBe(false)
    upstream.addMarker('in-0', 10, 'ended', names)
    upstream.addMarker('in-1', never, 'ended', names)
    expect([upstream.ended, upstream.watermark]).toEqual([false, never])
    upstream.addMarker('in-2', 20, 'ended', names)
    expect([upstream.ended, upstream.watermark]).toEqual([true, END_OF_TIME])
  })

  it('takes the messages of one log only', () => {
    const upstream = new Upstream()
    expect([upstream.isOf('a'), upstream.isOf('a'), upstream.isOf('b')]).toEqual([true, true, false])
    expect(new Upstream(JSON.parse(JSON.stringify(upstream.snapshot()))).isOf('b')).toBe(false)
  })

  it('is the same when it is taken from a record after any message, and never goes back; a record of another release is refused', () => {
    const message = fc.record({
      task: fc.constantFrom(...names, 'in-3'),
      watermark: fc.oneof(fc.integer({ min: -50, max: 500 }), fc.constant(never)),
      state: fc.constantFrom<(UpstreamState | null)[]>(null, null, 'running', 'idle', 'ended'),
      tasks: fc.constantFrom(names, [...names, 'in-3']),
    })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), fc.nat(40), (messages, at) => {
        const feed = (upstream: Upstream, some: typeof messages) =>
          some.map(({ task, watermark, state, tasks }) => {
            if (state === null) upstream.addRow(task, watermark)
            else upstream.addMarker(task, watermark, state, tasks)
            return [upstream.watermark, upstream.ended, upstream.slowest]
          })
        const whole = feed(new Upstream(), messages)
        const first = new Upstream()
        const before = feed(first, messages.slice(0, at))
        const after = feed(new Upstream(JSON.parse(JSON.stringify(first.snapshot()))), messages.slice(at))
        expect([...before, ...after]).toEqual(whole)
        const watermarks = whole.map(([watermark]) => watermark as number)
        expect(watermarks).toEqual([...watermarks].sort((a, b) => a - b))
      }),
    )
    expect(() => new Upstream({ v: 2 })).toThrow(expect.objectContaining({ code: 'LOG_DAMAGED' }))
  })
})
