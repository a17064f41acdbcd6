import { assignTeam, type Batch, into, type Sink, type Ticket } from '@tickets/core'
import { bucket, csvSink, day, fileSink, jsonSink, parquetSink, yearMonthDay } from '@tickets/sinks'
import type { Observable } from 'rxjs'
import { EMPTY } from 'rxjs'
import { expect, test } from 'vitest'

// What counts here is that `pnpm check` passes: each line below `@ts-expect-error` must be refused by the compiler.
test('columns of partitionBy and sortBy are checked against the rows of the flow', () => {
  const tickets: Observable<Batch<Ticket>> = EMPTY
  const nested: Observable<Batch<{ at: Date; user: { country: string; since: Date } | null; tags: string[] }>> = EMPTY
  const flows = [
    tickets.pipe(
      assignTeam(),
      into(parquetSink('x', { partitionBy: ['request_type', 'assigned_team', yearMonthDay('created_at')], sortBy: 'created_at' })),
    ),
    nested.pipe(into(parquetSink('x', { partitionBy: ['user.country', day('user.since')], sortBy: 'user.country' }))),
    tickets.pipe(into(parquetSink('x', { partitionBy: [bucket('client_id', 16), bucket('created_at', 4)] }))),
    nested.pipe(into(parquetSink('x', { partitionBy: [bucket('user.country', 8)] }))),
    // @ts-expect-error no such column
    tickets.pipe(into(parquetSink('x', { partitionBy: [bucket('client', 16)] }))),
    // @ts-expect-error a list has no buckets
    nested.pipe(into(parquetSink('x', { partitionBy: [bucket('tags', 8)] }))),
    // @ts-expect-error no such member
    nested.pipe(into(parquetSink('x', { partitionBy: ['user.city'] }))),
    // @ts-expect-error an object has no text
    nested.pipe(into(parquetSink('x', { partitionBy: ['user'] }))),
    // @ts-expect-error no such column
    tickets.pipe(into(parquetSink('x', { partitionBy: ['request_typ'] }))),
    // @ts-expect-error not an instant
    tickets.pipe(into(parquetSink('x', { partitionBy: [day('request_type')] }))),
    // @ts-expect-error an instant needs day() or yearMonthDay()
    tickets.pipe(into(csvSink('x', { partitionBy: ['created_at'] }))),
    // @ts-expect-error no such column
    tickets.pipe(into(jsonSink('x', { sortBy: 'created' }))),
  ]
  // Where the rows are not known yet, they are checked when the sink opens.
  const loose: Sink<unknown> = parquetSink('x', { partitionBy: ['anything', day('at')] })
  const known: Sink<Ticket> = fileSink('x', { format: 'csv', partitionBy: [day('created_at', { as: 'day' })] })
  const later = jsonSink('x', { partitionBy: ['request_type'] })
  expect([...flows, loose, known, tickets.pipe(into(later))]).toHaveLength(15)
})
