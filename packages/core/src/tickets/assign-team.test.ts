import { type OperatorFunction, of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { ticket } from '../operators/test-tickets.fixture.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { instant } from '../values/instant.ts'
import { assignTeam, teams } from './assign-team.ts'
import { requestTypes, Ticket } from './ticket.ts'

const rows = [...requestTypes, 'billing' as const].map((request_type, i) => ({ ...ticket(i), request_type }))

/** The rows that come out, or the error. */
function through<T, R>(batch: Batch<T>, operator: OperatorFunction<Batch<T>, Batch<R>>): unknown[] {
  const found: unknown[] = []
  of(batch)
    .pipe(operator)
    .subscribe({ next: (out) => found.push(...out.toArray()), error: (error) => found.push(error) })
  return found
}

const at = new Date(0)

test('adds the team of each request type, and leaves the rest of the row', () => {
  expect(through(Batch.of(Ticket, rows), assignTeam<Ticket>())).toEqual(rows.map((row) => ({ ...row, assigned_team: teams[row.request_type] })))
})

test('takes teams and a column of one’s own; two types may share a team', () => {
  const operator = assignTeam({ teams: { general: 'A', account: 'B', technical: 'B', billing: 'C' }, column: 'team' })
  const found: unknown[] = []
  of(Batch.of(Ticket, rows))
    .pipe(operator)
    .subscribe((out) => found.push(...out.toArray().map(({ team }) => team), out.schema.fields.at(-1)?.values))
  expect(found).toEqual(['C', 'B', 'B', 'A', 'C', ['A', 'B', 'C']])
})

test('adds the column to an empty batch, so that its dataset has it', () => {
  const names: string[] = []
  of(Batch.of(Ticket, []))
    .pipe(assignTeam())
    .subscribe(({ schema }) => names.push(...schema.fields.map(({ name }) => name)))
  expect(names).toEqual([...Ticket.fields.map(({ name }) => name), 'assigned_team'])
})

test('refuses a type without a team before its first row comes', () => {
  const { general: _, ...three } = teams
  expect(through(Batch.of(Ticket, []), assignTeam({ teams: three }))).toMatchObject([
    { code: 'OPTION_INVALID', message: expect.stringContaining('no team for the request type "general"') },
  ])
})

test('takes no team from what every object inherits', () => {
  const Odd = defineSchema(z.object({ at: instant(), request_type: z.enum(['toString', 'a']) }), { name: 'odd', time: 'at' })
  expect(through(Batch.of(Odd, [{ at, request_type: 'a' }]), assignTeam({ teams: { a: 'A' } }))).toMatchObject([
    { code: 'OPTION_INVALID', message: expect.stringContaining('"toString"') },
  ])
})

test('refuses a row without a request type, which would get the first team', () => {
  const Maybe = defineSchema(z.object({ at: instant(), request_type: z.enum(['billing', 'general']).nullable() }), { name: 'maybe', time: 'at' })
  const batch = Batch.of(Maybe, [
    { at, request_type: 'general' },
    { at, request_type: null },
  ])
  expect(through(batch as Batch<{ request_type: string }>, assignTeam<{ request_type: string }>())).toMatchObject([
    { code: 'OPTION_INVALID', message: expect.stringContaining('filter the rows without one first') },
  ])
})

test('takes a request type that is text, and refuses a row whose type has no team', () => {
  const Text = defineSchema(z.object({ at: instant(), request_type: z.string() }), { name: 'text', time: 'at' })
  const teamsOf = (...types: string[]) => {
    const batch = Batch.of(
      Text,
      types.map((request_type) => ({ at, request_type })),
    )
    return through(batch, assignTeam<{ at: Date; request_type: string }>())
  }
  expect(teamsOf('general', 'billing')).toMatchObject([{ assigned_team: 'General Support' }, { assigned_team: 'Billing Team' }])
  expect(teamsOf('general', 'other')).toMatchObject([
    { code: 'OPTION_INVALID', message: expect.stringContaining('no team for the request type "other"') },
  ])
})

test('keeps the laws of operators', () => {
  checkOperator(Ticket, assignTeam())
})
