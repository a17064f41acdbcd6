import { expect, test } from 'vitest'
import * as z from 'zod'
import { eventTimes } from '../../time/event-time.ts'
import { instant } from '../../values/instant.ts'
import { messagesOf } from '../decode.ts'
import { defineSchema } from '../define.ts'
import { ChangedRows } from './changed-rows.ts'
import { Client, messages, Plan, plan, Seen } from './changes.fixture.ts'

test('adds one column under a name that is free, and no other', () => {
  const rows = new ChangedRows(Plan, 'client_id')
  expect(rows.schema).toMatchObject({ name: 'plan', time: 'since', needs: [] })
  expect(rows.schema.fields.map(({ name }) => name)).toEqual(['client_id', 'plan', 'since', 'seats', 'deleted'])
  const Taken = defineSchema(z.object({ id: z.int(), at: instant(), deleted: z.string() }), { name: 'taken', time: 'at' })
  expect(new ChangedRows(Taken, 'id').deleted).toBe('_deleted')
  expect([new ChangedRows(Seen, 'client_id').isMessageKey, new ChangedRows(Client, 'id').isMessageKey]).toEqual([true, false])
})

test('merges rows and deletions in the order of their messages', () => {
  const rows = new ChangedRows(Plan, 'client_id')
  const decoded = Plan.decode(
    messagesOf(
      messages([
        ['a', plan('a', 'free', 10)],
        ['b', plan('b', 'gold', 20)],
      ]),
    ).map((m) => ({ ...m, offset: m.offset * 2 })),
  )
  const gone = rows.gone([{ keyValue: 'c', offset: 1, timestamp: 15 }], {})
  const merged = rows.merged(rows.standing(decoded.batch).batch, gone.batch)
  expect(merged.toArray()).toEqual([
    { ...plan('a', 'free', 10), since: new Date(10), deleted: false },
    { client_id: 'c', since: new Date(15), plan: undefined, seats: null, deleted: true },
    { ...plan('b', 'gold', 20), since: new Date(20), deleted: false },
  ])
  expect(Array.from({ length: 3 }, (_, i) => eventTimes(merged)(i))).toEqual([10, 15, 20])
})

test('rejects deletions whose key or time is invalid, or lies too far in the future', () => {
  const rows = new ChangedRows(Client, 'id')
  const given = [
    { keyValue: 'x', offset: 0, timestamp: 1 },
    { keyValue: 1, offset: 1 },
    { keyValue: 1, offset: 2, timestamp: 2000 },
    { keyValue: 1, offset: 3, timestamp: 2 },
  ]
  const { batch, rejected } = rows.gone(given, { reference: 1000, maxFuture: 10 })
  expect(batch.toArray()).toMatchObject([{ id: 1, at: new Date(2), deleted: true }])
  expect(rejected.map(({ offset, reason, ahead }) => [offset, reason.slice(0, 32), ahead])).toEqual([
    [0, 'not a client: id: Invalid input:', undefined],
    [1, 'not a client: at: the message ha', undefined],
    [2, expect.stringContaining('its time 1970'), 2000],
  ])
})

test('refuses a key that is no column, no single value, or the time', () => {
  const Nested = defineSchema(z.object({ id: z.object({ n: z.int() }), at: instant() }), { name: 'nested', time: 'at' })
  for (const key of ['id', 'at', 'x'])
    expect(() => new ChangedRows(Nested, key)).toThrow('the key of a table is a column with single values of nested')
})
