import type { Schema, Sink, Staged, TaskId } from '@tickets/core'
import { Batch } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import fc from 'fast-check'
import { range } from './helpers.ts'
import { KeyedRow, keyedRow } from './keyed-rows.ts'
import { taskNamed } from './lake-helpers.ts'

/** The same rows as of windows, whose revisions count. */
export const KeyedWindow = schemaOfFields(KeyedRow.fields, { name: 'keyed_windows', keys: ['id'] }) as Schema<unknown> as Schema<KeyedRow>

/** Rows that a task commits as one range. */
export interface KeyedRange {
  readonly task: number
  readonly rows: readonly KeyedRow[]
}

/** A table as rows by key are said to change it (docs/internals/protocol.md#6.8), one row after another. */
export class KeyedModel {
  readonly rows = new Map<string, KeyedRow>()
  readonly #keyOf: (row: KeyedRow) => string
  readonly #isRevised: boolean

  constructor(keyOf: (row: KeyedRow) => string, isRevised: boolean) {
    this.#keyOf = keyOf
    this.#isRevised = isRevised
  }

  apply(rows: readonly KeyedRow[]): void {
    const newest = new Map<string, KeyedRow>()
    for (const row of rows) if (this.#replaces(row, newest.get(this.#keyOf(row)))) newest.set(this.#keyOf(row), row)
    for (const [key, row] of newest) {
      if (!this.#replaces(row, this.rows.get(key))) continue
      if (row.gone) this.rows.delete(key)
      else this.rows.set(key, row)
    }
  }

  #replaces(row: KeyedRow, before: KeyedRow | undefined): boolean {
    return !before || !this.#isRevised || row.revision >= before.revision
  }
}

/** Stages and publishes a range as a task does, or the last part of that again. */
export async function commitKeyed(sink: Sink<KeyedRow>, schema: Schema<KeyedRow>, { task, rows }: KeyedRange, n: number): Promise<Staged | null> {
  const id: TaskId = taskNamed(`tickets-${task}`)
  const writer = await sink.open(id, schema)
  await writer.write(Batch.of(schema, rows))
  const staged = await writer.stage(n, 'a1', range(n * 10, n * 10 + 10, rows.length === 0))
  if (staged) await writer.publish(staged)
  await writer.close()
  return staged
}

/** Ranges of two tasks with few keys, so that nearly each row meets another. */
export const anyRanges: fc.Arbitrary<KeyedRange[]> = fc
  .array(
    fc.record({
      task: fc.constantFrom(0, 1),
      rows: fc.array(
        fc.record({
          id: fc.constantFrom('a', 'b', 'c', 'd', 'e', null),
          place: fc.constantFrom('here', 'there', '', null),
          gone: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
          revision: fc.integer({ min: 0, max: 3 }),
        }),
        { maxLength: 8 },
      ),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map((ranges) => {
    let n = 0
    return ranges.map(({ task, rows }) => ({ task, rows: rows.map(({ id, ...rest }) => keyedRow(id, n++, rest)) }))
  })
