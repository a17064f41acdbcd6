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

const join = () => new Harness(Order, joinTable(plans(), { on: 'client', columns: ['plan'] }))

test('9.3 a row sees the version with the latest time that is not after its own, and leaves when the watermark of the table has passed it', () => {
  const harness = join()
  const table = (rows: ReturnType<typeof plan>[]) => texts(harness.push(rows, { input: 'plans' }).emitted)
  const rows = (given: ReturnType<typeof order>[]) => texts(harness.push(given).emitted)
  expect(table([plan('a', 'free', 1), plan('a', 'gold', 10)])).toBe('')
  expect(rows([order('4', 'a', 0), order('1', 'a', 5), order('3', 'b', 9), order('2', 'a', 10)])).toBe('4=∅ 1=free 3=∅')
  expect(table([plan('a', 'none', 11, true)])).toBe('2=gold')
  expect(rows([order('5', 'a', 11), order('6', 'a', 12)])).toBe('')
  expect(table([plan('c', 'x', 13)])).toBe('5=∅ 6=∅')
  expect(texts(harness.end().emitted)).toBe('')
})

test('an inner join drops rows without one, and a null matches nothing', () => {
  const harness = new Harness(Order, joinTable(plans(), { on: 'client', columns: ['plan'], kind: 'inner' }))
  harness.push([plan('a', 'gold', 1), plan('b', 'none', 1, true)], { input: 'plans' })
  harness.push([order('1', 'a', 2), order('2', 'b', 2), order('3', null, 2)])
  expect(texts(harness.endInput('plans').emitted)).toBe('1=gold')
})

test('the newest version is seen on request, and none is waited for', () => {
  const harness = new Harness(Order, joinTable(plans(), { on: 'client', columns: ['plan'], version: 'newest' }))
  harness.push([plan('a', 'free', 1), plan('a', 'gold', 100)], { input: 'plans' })
  expect(texts(harness.push([order('1', 'a', 2)]).emitted)).toBe('1=gold')
})

test('a table that every task reads as a whole is waited for in all of its partitions', () => {
  const settings = { partitions: 2, inputs: { plans: 2 } }
  const harness = new Harness(Order, joinTable(plans('all'), { on: 'client', columns: ['plan'] }), settings)
  harness.push([plan('a', 'gold', 1), plan('b', 'x', 9)], { input: 'plans', partition: 0 })
  harness.push([order('1', 'a', 5)], { partition: 0 })
  harness.push([order('2', 'a', 6)], { partition: 1 })
  expect(texts(harness.push([plan('c', 'x', 6)], { input: 'plans', partition: 1 }).emitted)).toBe('1=gold')
  expect(texts(harness.endInput('plans', { partition: 1 }).emitted)).toBe('2=gold')
})

test('in the order of time a row waits for its own partition too', () => {
  const harness = new Harness(Order, joinTable(plans(), { on: 'client', columns: ['plan'], order: 'time' }), { maxOutOfOrderness: '5s' })
  harness.push([plan('a', 'gold', 1)], { input: 'plans' })
  harness.endInput('plans')
  expect(texts(harness.push([order('1', 'a', 9), order('2', 'a', 4)]).emitted)).toBe('2=gold')
  expect(texts(harness.push([order('3', 'a', 8), order('4', 'a', 14)]).emitted)).toBe('3=gold 1=gold')
})

test('more rows than allowed stop the task before its record, with what to do', () => {
  const harness = new Harness(Order, joinTable(plans(), { on: 'client', columns: ['plan'], maxRows: 3 }))
  harness.push([plan('a', 'free', 1)], { input: 'plans' })
  harness.push([order('1', 'a', 5), order('2', 'a', 6)])
  expect(() => harness.push([order('3', 'a', 7)])).toThrow('holds 4 rows and versions, more than the 3 allowed')
})

test.each([
  [{ columns: ['it'] }, '"joinTable" adds columns of plan, which has client, plan, gone, since; got "it"'],
  [{ columns: [] }, 'adds columns of plan'],
  [{ columns: ['plan'], kind: 'outer' }, "kind is 'left' or 'inner'"],
  [{ columns: ['plan'], version: 'old' }, "version is 'asOf' or 'newest'"],
  [{ columns: ['plan'], order: 'x' }, "order is 'arrival' or 'time'"],
])('refuses %j', (more, message) => {
  expect(() => joinTable(plans(), { on: 'client', ...(more as object) } as never)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
  )
})
