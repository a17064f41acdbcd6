// An operator of your own, and its test: node examples/unit-test.ts. Operators are plain RxJS, so no pipeline and no broker is needed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch, filterRows, rows, Ticket, ticketStream, withColumn } from '@tickets/core'
import { from, lastValueFrom, type Observable, of, toArray } from 'rxjs'
import * as z from 'zod'

/** Tickets of one client, with how many words the request has. It is generic over what it does not touch, so it works on wider rows too. */
const wordsOf =
  <T extends Ticket>(client: string) =>
  (tickets: Observable<Batch<T>>) =>
    tickets.pipe(
      filterRows((ticket) => ticket.client_id === client),
      withColumn('words', z.int(), (ticket) => ticket.request.split(/\s+/).length),
    )

const [first, second] = ticketStream({ seed: 7, tickets: 2 })
assert(first && second)

test('keeps one client, and counts words', async () => {
  const tickets = Batch.of(Ticket, [
    { ...first, client_id: 'CLIENT_1000', request: 'Ma facture est fausse' },
    { ...second, client_id: 'CLIENT_2000' },
  ])
  const found = await lastValueFrom(of(tickets).pipe(wordsOf('CLIENT_1000'), rows(), toArray()))
  assert.equal(found.length, 1)
  assert.equal(found[0]?.words, 4)
  assert.deepEqual(found[0]?.created_at, first.created_at)
})

test('gives the same rows however they are batched', async () => {
  const all = [...ticketStream({ seed: 7, tickets: 50 })].map((ticket, i) => ({ ...ticket, client_id: `CLIENT_100${i % 2}` }))
  const run = (batches: Batch<Ticket>[]) => lastValueFrom(from(batches).pipe(wordsOf('CLIENT_1000'), rows(), toArray()))
  const whole = await run([Batch.of(Ticket, all)])
  assert.equal(whole.length, 25)
  assert.deepEqual(await run(all.map((ticket) => Batch.of(Ticket, [ticket]))), whole)
})

test('an empty batch passes on, with the columns', async () => {
  const [batch] = await lastValueFrom(of(Batch.of(Ticket, [])).pipe(wordsOf('CLIENT_1000'), toArray()))
  assert.equal(batch?.length, 0)
  assert.ok(batch?.schema.fields.some((field) => field.name === 'words'))
})
