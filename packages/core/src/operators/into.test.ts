import { of } from 'rxjs'
import { expect, test } from 'vitest'
import { Batch } from '../batch/batch.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { sameSchema } from '../schema/same-schema.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { into } from './into.ts'
import { json } from './test-tickets.fixture.ts'

test('writes the rows of a flow to its sink', async () => {
  const sink = memorySink<Ticket>('rows')
  const source = memorySource({ schema: Ticket, partitions: [messagesOf([json(0), json(1)])] })
  await pipeline({ name: 'into', source, log: memoryLog(), flows: (tickets) => ({ rows: tickets.pipe(into(sink)) }) }).run({ handleSignals: false })
  expect(sink.rows).toHaveLength(2)
})

test('outside a pipeline it is the error of the flow', () => {
  const errors: unknown[] = []
  of(Batch.of(Ticket, []))
    .pipe(into(memorySink<Ticket>('rows')))
    .subscribe({ error: (error) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'OPERATOR_SCOPE' }])
})

test('schemas are the same when name, version and columns are', () => {
  const again = { ...Ticket, fields: Ticket.fields.map((field) => ({ ...field })) }
  expect(sameSchema(Ticket, again)).toBe(true)
  expect(sameSchema(Ticket, { ...Ticket, version: 2 })).toBe(false)
  expect(sameSchema(Ticket, { ...Ticket, fields: Ticket.fields.slice(1) })).toBe(false)
})
