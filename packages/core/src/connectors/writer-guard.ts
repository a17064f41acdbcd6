import { TicketsError } from '../base/errors.ts'
import type { Schema } from '../batch/batch.ts'
import { schemaDifference } from '../schema/same-schema.ts'

/** What a guard names in its errors. */
export interface GuardedWriter {
  readonly flow: string
  readonly target: string
  readonly schema: Schema<unknown>
}

/** Refuses what the writer of a sink must not take: batches after `close`, and batches of another schema. */
export class WriterGuard {
  readonly #writer: GuardedWriter
  #closed = false

  constructor(writer: GuardedWriter) {
    this.#writer = writer
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Returns false where the writer was closed before. */
  close(): boolean {
    const first = !this.#closed
    this.#closed = true
    return first
  }

  /** Throws `SINK_FAILED` after `close`, and `SCHEMA_MISMATCH` with the difference for a batch of another schema. */
  check(batch: { readonly schema: Schema<unknown> }): void {
    const { flow, target, schema } = this.#writer
    if (this.#closed) throw new TicketsError('SINK_FAILED', `flow "${flow}": a batch came after its writer for ${target} was closed: open a new one`)
    checkBatchSchema(schema, batch.schema, flow)
  }
}

/** Throws `SCHEMA_MISMATCH`, naming flow and difference, unless both schemas have one name, version and columns. */
export function checkBatchSchema(expected: Schema<unknown>, got: Schema<unknown>, flow: string): void {
  const difference = schemaDifference(expected, got)
  if (difference === null) return
  throw new TicketsError(
    'SCHEMA_MISMATCH',
    `flow "${flow}" got a batch of ${got.name} v${got.version}, its sink was opened for ${expected.name} v${expected.version}: ${difference}. Let every operator of the flow give one schema, for empty batches too`,
  )
}
