import { Batch, DeadLetter, Ticket } from '@tickets/core'
import { expect, it } from 'vitest'
import { kindOf, Rejections } from './rejections.ts'

const at = { logId: 'log1', task: 't-0', flow: '@dead_letters' }
const letter = (reason: string, topic = 't'): DeadLetter => ({
  topic,
  partition: 't-0',
  position: 0,
  timestamp: null,
  reason,
  key: null,
  value: '',
  encoding: 'utf8',
})

it.each([
  ['not JSON: Unexpected token \'S\', "Secret" is not valid JSON', 'not JSON'],
  ['not valid UTF-8', 'not valid UTF-8'],
  ['no value (a tombstone)', 'no value (a tombstone)'],
  ['an empty value', 'an empty value'],
  ['300000000 bytes long, and a message has 268435456 at the most', 'too long'],
  ['its time 2099-01-01 is more than 1 day after the reference time, 2026-01-01 (maxFuture)', 'a time too far ahead (maxFuture)'],
  ['not a ticket: priority: Invalid option: expected one of "low"|"high"', 'column priority'],
  ['not a ticket: Invalid input: expected object, received array', 'another reason'],
  ['not a ticket: secret: unknown field', 'an unknown field'],
  ['not a ticket: secret: too long', 'another reason'],
  ['row 2 of the 3 that map made is not a ticket: client_id: too small', 'column client_id'],
  ['the map of ticket threw: secret', 'the map of the schema threw'],
  ["the schema's own check threw: secret", 'the check of the schema threw'],
  ['secret', 'another reason'],
])('of "%s" shows "%s"', (reason, kind) => {
  expect(
    kindOf(
      reason,
      Ticket.fields.map(({ name }) => name),
    ),
  ).toBe(kind)
})

it('has the kinds of what the schema of tickets says', () => {
  const values = ['{"priority":1}', '{', '[]', '', '{"ticket_id":"x"}'].map((text) => new TextEncoder().encode(text))
  const { rejected } = Ticket.decode(values.map((value, offset) => ({ value, offset })))
  const columns = Ticket.fields.map(({ name }) => name)
  expect(rejected.map(({ reason }) => kindOf(reason, columns))).toEqual([
    'column ticket_id',
    'not JSON',
    'another reason',
    'an empty value',
    'column ticket_id',
  ])
})

it('counts each log on its own, what is visible alone, and no rows that a sink has refused', () => {
  const rejections = new Rejections(Ticket)
  const watcher = rejections.open(at)
  expect(rejections.open({ ...at, task: 't-1' })).toBe(watcher)
  const held = watcher.begin()
  watcher.add(held, Batch.of(DeadLetter, [letter('not JSON: x'), letter('not JSON: y'), letter('too wide', 'flow:urgent')]))
  expect([...rejections.of('log1')]).toEqual([])
  watcher.show(held)
  expect([...rejections.of('log1')]).toEqual([['not JSON', 2]])
  expect([...rejections.of('log2')]).toEqual([])
})
