import { expect, test } from 'vitest'
import * as z from 'zod'
import { tableOf } from '../connectors/joined/keyed-table.ts'
import { defineSchema } from '../schema/define.ts'
import { memorySource } from '../testing/memory-source.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { instant } from '../values/instant.ts'
import { joinTable } from './join-table.ts'

const Order = defineSchema(z.object({ id: z.string(), client: z.string().nullable(), at: instant() }), { name: 'order', time: 'at' })
const Plan = defineSchema(z.object({ client: z.string(), plan: z.string(), gone: z.boolean(), since: instant() }), { name: 'plan', time: 'since' })

const plans = (partitions: 'same' | 'all' = 'same') =>
  tableOf(memorySource({ schema: Plan, topic: 'plans', partitions: [] }), { key: 'client', deleted: 'gone', partitions })
const order = (id: string, client: string | null, second: number) => ({ id, client, at: new Date(second * 1000) })
const plan = (client: string, name: string, second: number, gone = false) => ({ client, plan: name, gone, since: new Date(second * 1000) })
const show = ({ id, plan: name }: { id: string; plan: string | null }) => `${id}=${name ?? '∅'}`
const texts = (rows: readonly { id: string; plan: string | null }[]) => rows.map(show).join(' ')

const join = (more: object = {}) => new Harness(Order, joinTable(plans(), { on: 'client', columns: ['plan'], ...more }))

test('9.3 a row sees the version with the latest time that is not after its own, and leaves when the watermark of the table has passed it', () => {
  const harness = join()
  const table = (rows: ReturnType<typeof plan>[]) => texts(harness.push(rows, { input: 'plans' }).emitted)
  const rows = (given: ReturnType<typeof order>[]) => texts(harness.push(given).emitted)
  expect(table([plan('a', 'free', 1), plan('a', 'gold', 10)])).toBe('')
  expect(rows([order('1', 'a', 5), order('2', 'a', 10), order('3', 'b', 9), order('4', 'a', 0)])).toBe('1=free 3=∅')
  expect(table([plan('a', 'none', 11, true)])).toBe('2=gold')
  expect(rows([order('5', 'a', 11), order('6', 'a', 12)])).toBe('')
  expect(table([plan('c', 'x', 13)])).toBe('5=∅ 6=∅')
  expect(texts(harness.end().emitted)).toBe('')
})
