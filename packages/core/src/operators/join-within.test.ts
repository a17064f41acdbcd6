import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { memorySource } from '../testing/memory-source.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { instant } from '../values/instant.ts'
import { joinWithin } from './join-within.ts'

const Payment = defineSchema(z.object({ id: z.string(), card: z.string().nullable(), at: instant() }), { name: 'payment', time: 'at' })
const Refund = defineSchema(z.object({ refund: z.string(), card: z.string().nullable(), n: z.int(), at: instant() }), { name: 'refund', time: 'at' })
const refunds = memorySource({ schema: Refund, topic: 'refunds', partitions: [] })
const payment = (id: string, card: string | null, second: number) => ({ id, card, at: new Date(second * 1000) })
const refund = (name: string, card: string | null, second: number) => ({ refund: name, card, n: 1, at: new Date(second * 1000) })
const show = (row: { id: string | null; refund: string | null; joined_at: Date }) =>
  `${row.id ?? '∅'}+${row.refund ?? '∅'}@${row.joined_at.getTime() / 1000}`

const harnessOf = (kind: 'inner' | 'left' | 'outer') =>
  new Harness(Payment, joinWithin(refunds, { on: 'card', within: { before: '1s', after: '5s' }, columns: ['refund'], kind }))

test.each([
  ['inner', ['p1+r1@12 p1+r2@15', '', '']],
  ['left', ['p1+r1@12 p1+r2@15', 'p2+∅@11', 'p3+∅@40 p4+∅@41']],
  ['outer', ['p1+r1@12 p1+r2@15', 'p2+∅@11', 'p3+∅@40 p4+∅@41 ∅+r3@18 ∅+r4@30']],
] as const)('9.2 %s: pairs at once, a row alone when the other watermark has passed its end, and null matches nothing', (kind, expected) => {
  const harness = harnessOf(kind)
  const got: string[] = []
  const note = (...all: { emitted: readonly Parameters<typeof show>[0][] }[]) =>
    got.push(
      all
        .flatMap(({ emitted }) => emitted.map(show))
        .sort()
        .join(' '),
    )
  const refunded = (...rows: ReturnType<typeof refund>[]) => harness.push(rows, { input: 'refunds' })
  note(harness.push([payment('p1', 'a', 10), payment('p2', 'b', 11)]), refunded(refund('r1', 'a', 12), refund('r2', 'a', 15)))
  note(refunded(refund('r3', null, 18)), harness.restart())
  note(refunded(refund('r4', 'b', 30)), harness.push([payment('p3', null, 40), payment('p4', 'a', 41)]), harness.end())
  expect(got).toEqual(expected)
})

test('more rows than allowed stop the task before its record', () => {
  const harness = new Harness(Payment, joinWithin(refunds, { on: 'card', within: '1s', columns: ['refund'], maxRows: 1 }))
  harness.push([payment('p1', 'a', 1)])
  expect(() => harness.push([refund('r1', 'a', 1)], { input: 'refunds' })).toThrow(expect.objectContaining({ code: 'STATE_LIMIT' }))
})

test('the columns of an outer join are nullable, but for its key and its time', () => {
  const [row] = harnessOf('outer').push([refund('r', 'a', 1), refund('s', 'a', 60)], { input: 'refunds', commit: false }).emitted
  expect(row).toBeUndefined()
  const harness = harnessOf('outer')
  harness.push([refund('r', 'a', 1)], { input: 'refunds' })
  expect(harness.end().emitted).toEqual([{ id: null, card: 'a', at: null, refund: 'r', joined_at: new Date(1000) }])
})

test.each([
  [{ on: 'card', within: '1s', columns: ['at'] }, 'would have two columns "at": rename one with mapRows'],
  [{ on: { left: 'card', right: 'n' }, within: '1s', columns: ['refund'] }, 'compares "card" of payment, a string, with "n" of refund, a integer'],
  [{ on: 'card', within: '1s', columns: ['plan'] }, 'adds columns of refund, which has no "plan"'],
  [{ on: 'id', within: '1s', columns: ['refund'] }, 'refund has no column "id" to join on'],
  [{ on: 'card', within: '1s', columns: ['refund'], kind: 'right' }, "kind is 'inner', 'left' or 'outer'"],
])('refuses %j', (options, message) => {
  expect(() => new Harness(Payment, joinWithin(refunds, options as never) as never)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
  )
})
