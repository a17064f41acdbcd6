import { type Batch, defineSchema, explode, flatMapRows, instant, into, mapRows, type RowOf, type Sink, type Ticket } from '@tickets/core'
import type { Observable } from 'rxjs'
import * as z from 'zod'

/** A ticket with its client as a struct and the words of its request as a list. */
const Note = defineSchema(
  z.object({
    ticket_id: z.string(),
    created_at: instant(),
    client: z.object({ id: z.string(), priority: z.string() }),
    words: z.array(z.object({ n: z.int(), word: z.string() })),
  }),
  { name: 'note', time: 'created_at' },
)
type Note = RowOf<typeof Note>

/** A word of a request. */
const Word = defineSchema(z.object({ ticket_id: z.string(), created_at: instant(), n: z.int(), word: z.string() }), {
  name: 'word',
  time: 'created_at',
})

const wordsOf = (request: string) => request.split(' ').map((word, i) => ({ n: i + 1, word }))

const noteOf = ({ ticket_id, created_at, client_id, priority, request }: Ticket): Note => ({
  ticket_id,
  created_at,
  client: { id: client_id, priority },
  words: wordsOf(request),
})

/** Where nested and exploded rows go. */
export interface NestedSinks {
  readonly notes: Sink<Note>
  /** Rows of an exploded list, with structs in them. */
  readonly exploded: Sink<never>
  /** The same rows flat, each with a key. */
  readonly words: Sink<RowOf<typeof Word>>
}

/** The flows of nested and exploded rows. */
export function nestedFlows(tickets: Observable<Batch<Ticket>>, { notes, exploded, words }: NestedSinks) {
  const nested = tickets.pipe(mapRows(Note, noteOf))
  return {
    nested_notes: nested.pipe(into(notes)),
    nested_exploded: nested.pipe(explode('words'), into(exploded as Sink<unknown>)),
    nested_words: tickets.pipe(
      flatMapRows(Word, ({ ticket_id, created_at, request }) => wordsOf(request).map((word) => ({ ticket_id, created_at, ...word }))),
      into(words),
    ),
  }
}
