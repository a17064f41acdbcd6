import { expect, test } from 'vitest'
import type { Schema } from '../../batch/batch.ts'
import { ChangeDecoder } from './change-decoder.ts'
import { Client, type Given, messages, Plan, plan, Seen } from './changes.fixture.ts'

async function decoded<T>(schema: Schema<T>, key: string, given: readonly Given[], envelope: 'debezium' | null = null) {
  const decoder = new ChangeDecoder(schema, { key, envelope }, (slices, options) => schema.decodeSlices(slices, options))
  return decoder.partition(undefined)(messages(given))
}

/** An event as MySQL's connector writes it. */
const event = (op: string, before: object | null, after: object | null, ms: number) => ({
  before,
  after,
  source: { version: '3.0.0.Final', connector: 'mysql', name: 'shop', ts_ms: ms, snapshot: String(op === 'r'), db: 'shop', table: 'clients', pos: 4 },
  transaction: null,
  op,
  ts_ms: ms + 300,
  ts_us: (ms + 300) * 1000,
})

test('makes rows of values, and deletions of tombstones', async () => {
  const { batch, rejected } = await decoded(Plan, 'client_id', [
    ['a', plan('a', 'free', 10), 1],
    ['{"client_id":"a"}', null, 20],
    ['b', plan('b', 'tin', 30), 3],
    [null, null, 40],
    ['"c"', null],
    ['d', plan('d', 'gold', 50), 5],
  ])
  expect(batch.toArray()).toMatchObject([
    { client_id: 'a', plan: 'free', deleted: false },
    { client_id: 'a', since: new Date(20), deleted: true },
    { client_id: 'd', plan: 'gold', since: new Date(50), deleted: false },
  ])
  expect(rejected.map(({ offset, value, reason }) => [offset, value === null, reason.slice(0, 44)])).toEqual([
    [2, false, 'not a plan: plan: Invalid option: expected o'],
    [3, true, 'not a deletion of plan: the message has no k'],
    [4, true, 'not a plan: since: the message has no timest'],
  ])
})

test('follows a database through Debezium: rows of a snapshot, changes, deletions and their tombstones', async () => {
  const wrapped = (payload: object) => ({ schema: { type: 'struct', fields: [] }, payload })
  const key = '{"schema":{"type":"struct"},"payload":{"id":1}}'
  const { batch, rejected, memory } = await decoded(
    Client,
    'id',
    [
      [key, wrapped(event('r', null, { id: 1, name: 'Ann' }, 100)), 1000],
      [key, wrapped(event('u', { id: 1, name: 'Ann' }, { id: 1, name: 'Anne' }, 200)), 1001],
      [key, wrapped(event('d', { id: 1, name: 'Anne' }, null, 300)), 1002],
      [key, null, 1003],
      [key, event('c', null, { id: 1, name: 'Bea' }, 400), 1004],
      ['', event('t', null, null, 500), 1005],
      [key, event('c', null, { id: 1 }, 600), 1006],
      ['{"id":2}', event('d', { name: 'x' }, null, 700), 1007],
    ],
    'debezium',
  )
  const rows = batch.toArray().map(({ id, name, at, ...rest }) => `${id} ${name} ${at.getTime()} ${'deleted' in rest && rest.deleted}`)
  expect(rows).toEqual([
    '1 Ann 100 false',
    '1 Anne 200 false',
    '1 undefined 300 true',
    '1 undefined 300 true',
    '1 Bea 400 false',
    '2 undefined 700 true',
  ])
  expect(
    rejected.map(({ offset, value, reason }) => [
      offset,
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(value ?? undefined).includes('"op"'),
      reason.slice(0, 29),
    ]),
  ).toEqual([
    [5, true, 'the table was truncated, and '],
    [6, true, 'not a client: name: Invalid i'],
  ])
  expect(memory).toMatchObject({ time: 700 })
})

test('takes a key that is a column of the message as it is', async () => {
  const { batch, rejected } = await decoded(Seen, 'client_id', [
    ['{"client_id":"a"}', { n: 1 }, 5],
    ['{"client_id":"a"}', null, 6],
    [null, null, 7],
    [null, { n: 2 }, 8],
  ])
  expect(batch.toArray()).toMatchObject([
    { client_id: '{"client_id":"a"}', deleted: false },
    { client_id: '{"client_id":"a"}', at: new Date(6), deleted: true },
  ])
  expect(rejected).toMatchObject([
    { offset: 2, value: null },
    { offset: 3, reason: 'not a row of a table: its key "client_id" is null' },
  ])
})

test('rejects rows and deletions alike that lie too far in the future', async () => {
  const decoder = new ChangeDecoder(Client, { key: 'id', envelope: null }, (slices, options) => Client.decodeSlices(slices, options))
  const given = messages([
    ['1', { id: 1, name: 'Ann' }, 5000],
    ['1', null, 6000],
  ])
  const { batch, rejected } = await decoder.partition(undefined)(given, { reference: 1000, maxFuture: 10 })
  expect(batch.length).toBe(0)
  expect(rejected).toMatchObject([
    { offset: 0, ahead: 5000 },
    { offset: 1, value: null, ahead: 6000 },
  ])
})

test('gives the same, decoded elsewhere and in pieces', async () => {
  const given: Given[] = Array.from({ length: 40 }, (_, i) =>
    i % 4 === 2
      ? ['1', event('d', { id: 1 }, null, i), 100 + i]
      : i % 4 === 3
        ? ['1', null, 100 + i]
        : ['1', event('u', null, { id: 1, name: `${i}` }, i), 100 + i],
  )
  const whole = await decoded(Client, 'id', given, 'debezium')
  const elsewhere = new ChangeDecoder(Client, { key: 'id', envelope: 'debezium' }, async (slices, options) => Client.decodeSlices(slices, options))
  let memory: Awaited<ReturnType<ReturnType<typeof elsewhere.partition>>>['memory']
  const rows: object[] = []
  for (let from = 0; from < given.length; from += 3) {
    const piece = await elsewhere.partition(memory)(messages(given.slice(from, from + 3), from))
    rows.push(...piece.batch.toArray())
    memory = piece.memory
  }
  expect(rows).toEqual(whole.batch.toArray())
})
