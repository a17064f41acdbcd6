import { expect, test } from 'vitest'
import { Event } from '../../../test/lake.ts'
import { count } from '../../aggregate/count.ts'
import { type Flows, Graph } from '../../dataflow/graph.ts'
import { filterRows } from '../../operators/filter-rows.ts'
import { into } from '../../operators/into.ts'
import { windowed } from '../../operators/windowed.ts'
import type { Field, VariantMember } from '../../store/field.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { tumbling } from '../../window/tumbling.ts'
import { checkFingerprint, type Fingerprint, type FlowPrint, fingerprintOf, hasState, isSameFlow } from './fingerprint.ts'

const print = (flows: Flows<Event>): Fingerprint => {
  const graph = new Graph('task', Event, flows)
  graph.close()
  return fingerprintOf(graph, Event)
}

const windows = (size: '5s' | '10s') =>
  print((events) => ({ windows: events.pipe(windowed(tumbling({ size }), { aggregate: { rows: count() } }), into(memorySink() as never)) }))

const field = (change: Partial<Field> = {}): Field => ({ name: 'x', kind: 'int32', optional: false, nullable: false, values: [], ...change }) as Field
const struct = (...children: Field[]): Field => field({ kind: 'struct', children })
const list = (element: Field): Field => field({ kind: 'list', children: [element] })
const decimal = (precision: number, scale: number): Field => field({ kind: 'decimal', precision, scale })
const member: VariantMember = { name: 'y', optional: false, nullable: false }
const union = (variants: Record<string, readonly VariantMember[]>): Field =>
  field({
    kind: 'struct',
    children: [field({ name: 'by', kind: 'enum', values: Object.keys(variants) }), field({ name: 'y', optional: true, nullable: true })],
    variants: Object.values(variants),
  })
const schema = (...fields: Field[]): Fingerprint => ({ source: { name: 'event', fields }, flows: {} })

test('the fingerprint of a flow says its operators with their options, its schema and its format', () => {
  const { source, flows } = windows('10s')
  expect(source.fields.map(({ name }) => name)).toEqual(['at', 'kind', 'who'])
  expect(flows.windows).toMatchObject({ operators: [['windowed', { aggregate: [['rows', expect.anything()]] }]] })
  expect(flows.windows?.schema.fields.map(({ name }) => name)).toContain('window_start')
  expect(flows.windows).not.toHaveProperty('format')
})

test('a flow with another window is another flow, and one with another filter is the same', () => {
  const [ten, five] = [windows('10s').flows.windows, windows('5s').flows.windows] as [FlowPrint, FlowPrint]
  expect(isSameFlow(ten, windows('10s').flows.windows as FlowPrint)).toBe(true)
  expect(isSameFlow(ten, five)).toBe(false)
  const [plain, filtered] = [
    print((events) => ({ all: events.pipe(into(memorySink())) })),
    print((events) => ({
      all: events.pipe(
        filterRows(({ who }) => who > 3),
        into(memorySink()),
      ),
    })),
  ]
  expect(() => checkFingerprint(plain, filtered)).not.toThrow()
  expect([hasState(ten), hasState(filtered.flows.all as FlowPrint)]).toEqual([true, false])
})

test('another format is another flow', () => {
  const flow = (format: string): FlowPrint => ({ operators: [], schema: { name: 'event', fields: [] }, format })
  expect(isSameFlow(flow('json'), flow('json'))).toBe(true)
  expect(isSameFlow(flow('json'), flow('parquet'))).toBe(false)
})

test.each<[string, Field, Field]>([
  ['a wider number', field(), field({ kind: 'integer' })],
  ['a wider number still', field({ kind: 'integer' }), field({ kind: 'number' })],
  ['an enum value at the end', field({ values: ['a'] }), field({ values: ['a', 'b'] })],
  ['a value that need not be there', field(), field({ optional: true })],
  ['an optional member more', struct(field()), struct(field(), field({ name: 'y', optional: true }))],
  ['a wider number in a list', list(field()), list(field({ kind: 'integer' }))],
  ['digits before the point', decimal(5, 2), decimal(7, 2)],
  ['a variant more', union({ a: [] }), union({ a: [], b: [{ name: 'y', optional: false, nullable: false }] })],
  ['a member that a variant need not have', union({ a: [member] }), union({ a: [{ ...member, optional: true }] })],
])('1.3 a compatible change of a schema continues: %s', (_, before, now) => {
  expect(() => checkFingerprint(schema(before), schema(now))).not.toThrow()
})

test.each<[string, Fingerprint, Fingerprint]>([
  ['has lost the column "x"', schema(field()), schema()],
  ['was integer and is int32', schema(field({ kind: 'integer' })), schema(field())],
  ['has lost or moved a value', schema(field({ values: ['a', 'b'] })), schema(field({ values: ['b', 'a'] }))],
  ['could be without a value and no longer can', schema(field({ nullable: true })), schema(field())],
  ['has a new column "y" that is not optional', schema(field()), schema(field(), field({ name: 'y' }))],
  ['"x" of the source has lost the column "x"', schema(struct(field())), schema(struct(field({ name: 'y', optional: true })))],
  ['the column "x" of "x" of the source was integer and is int32', schema(list(field({ kind: 'integer' }))), schema(list(field()))],
  ['(5, 2) and is (5, 1)', schema(decimal(5, 2)), schema(decimal(5, 1))],
  ['(5, 2) and is (5, 3)', schema(decimal(5, 2)), schema(decimal(5, 3))],
  ['(5, 2) and is (4, 2)', schema(decimal(5, 2)), schema(decimal(4, 2))],
  ['another kind of object', schema(struct(field())), schema({ ...struct(field()), variants: [[]] })],
  ['the member "y" of a variant', schema(union({ a: [member] })), schema(union({ a: [] }))],
  ['the member "y" of a variant', schema(union({ a: [] })), schema(union({ a: [member] }))],
  ['the member "y" of a variant', schema(union({ a: [{ ...member, nullable: true }] })), schema(union({ a: [member] }))],
])('1.3 a change of a schema is refused, with the schema as its cause: the source %s', (says, before, now) => {
  expect(() => checkFingerprint(before, now)).toThrow(
    expect.objectContaining({
      code: 'PIPELINE_CHANGED',
      message: expect.stringContaining(says),
      cause: expect.objectContaining({ code: 'SCHEMA_MISMATCH' }),
    }),
  )
})

test('an optional column more continues', () => {
  expect(() => checkFingerprint(schema(field()), schema(field(), field({ name: 'y', optional: true })))).not.toThrow()
})

test('a flow that is new, gone or changed is refused with the option that allows it', () => {
  const [one, two] = [print((events) => ({ a: events.pipe(into(memorySink())) })), print((events) => ({ b: events.pipe(into(memorySink())) }))]
  const both = { ...one, flows: { ...one.flows, ...two.flows } }
  expect(() => checkFingerprint(one, both)).toThrow(/"b" is new\. .*added: 'current'/)
  expect(() => checkFingerprint(both, one)).toThrow(/"b" is gone\. .*dropped: 'remember'/)
  expect(() => checkFingerprint(windows('10s'), windows('5s'))).toThrow(/operators of flow "windows" are others.*changed: 'next-version'/)
})

test('a log of an earlier release, which names assignTeam and highPriority, is continued by the columns that they are now', () => {
  const flow = (...operators: FlowPrint['operators']): FlowPrint => ({ operators, schema: { name: 'ticket', fields: [] } })
  const before = flow(['highPriority', { priorities: ['high'] }], ['assignTeam', { teams: {}, column: 'assigned_team' }])
  const now = flow(['filterColumn', { column: 'priority' }], ['mapColumn', { from: 'request_type', to: 'assigned_team' }])
  expect([isSameFlow(before, now), hasState(before), hasState(now)]).toEqual([true, false, false])
})
