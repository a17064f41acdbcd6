import type { Batch, DeadLetter, Schema, TaskId } from '@tickets/core'
import { columnReaders, isOfFlow } from '@tickets/core/internal'
import { type Tap, Waiting, type Watcher } from './tapped-sink.ts'

/** Counts rejected messages by the reason, log by log. */
export class Rejections implements Tap<DeadLetter, Map<string, number>> {
  readonly #columns: readonly string[]
  readonly #byLog = new Map<string, Counter>()

  /** @param schema what the messages should have been */
  constructor(schema: Schema<unknown>) {
    this.#columns = schema.fields.map(({ name }) => name)
  }

  open({ logId }: TaskId): Counter {
    const counter = this.#byLog.get(logId) ?? new Counter(this.#columns)
    this.#byLog.set(logId, counter)
    return counter
  }

  /** Returns kind of reason → messages of a log. */
  of(logId: string): ReadonlyMap<string, number> {
    return this.#byLog.get(logId)?.counts ?? new Map()
  }
}

class Counter implements Watcher<DeadLetter, Map<string, number>> {
  readonly waiting = new Waiting<Map<string, number>>()
  readonly counts = new Map<string, number>()
  readonly #columns: readonly string[]

  constructor(columns: readonly string[]) {
    this.#columns = columns
  }

  begin(): Map<string, number> {
    return new Map()
  }

  add(held: Map<string, number>, batch: Batch<DeadLetter>): void {
    const readers = new Map(columnReaders(batch).map(({ field, read }) => [field.name, read] as const))
    for (let i = 0; i < batch.length; i++) {
      // Rows that a sink has refused are counted on their own.
      if (isOfFlow({ topic: String(readers.get('topic')?.(i)) })) continue
      count(held, kindOf(String(readers.get('reason')?.(i)), this.#columns), 1)
    }
  }

  show(held: Map<string, number>): void {
    for (const [kind, rows] of held) count(this.counts, kind, rows)
  }

  refused(): void {}

  // What is not counted by its kind is counted as rejected all the same.
  failed(): void {}
}

function count(counts: Map<string, number>, kind: string, rows: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + rows)
}

const plain: readonly (readonly [beginning: RegExp, kind: string])[] = [
  [/^not JSON/, 'not JSON'],
  [/^not valid UTF-8/, 'not valid UTF-8'],
  [/^no value/, 'no value (a tombstone)'],
  [/^an empty value/, 'an empty value'],
  [/^\d+ bytes long/, 'too long'],
  [/^(row \d+ of the \d+ that map made: )?its time /, 'a time too far ahead (maxFuture)'],
  [/^the map of /, 'the map of the schema threw'],
  [/^the schema's own check threw/, 'the check of the schema threw'],
]

/**
 * Returns the kind of a reason: a fixed text, or the name of a column of the schema. The reason itself may quote the message.
 *
 * @example
 * kindOf('not a ticket: priority: Invalid option', ['priority']) // 'column priority'
 */
export function kindOf(reason: string, columns: readonly string[]): string {
  const known = plain.find(([beginning]) => beginning.test(reason))
  if (known) return known[1]
  const [, path = ''] = /^(?:row \d+ of the \d+ that map made is )?not a (?:message of )?[^:]*: ([^:]*)/.exec(reason) ?? []
  if (/^[^:]*: unknown field/.test(reason.slice(reason.indexOf(': ') + 2))) return 'an unknown field'
  const column = columns.find((name) => path === name || path.startsWith(`${name}.`))
  return column === undefined ? 'another reason' : `column ${column}`
}
