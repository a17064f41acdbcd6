import { TicketsError } from '../../base/errors.ts'
import { type Batch, internals, type Schema } from '../../batch/batch.ts'
import { rowSchema } from '../../schema/define.ts'
import { messageText } from '../../schema/message-text.ts'

/** Writes rows that wait for a record as texts, and reads them back. */
export class RowTexts<T> {
  readonly write: (row: unknown) => string
  readonly #schema: Schema<T>
  readonly #id: string

  /** @param id the operator, for errors */
  constructor(schema: Schema<T>, id: string) {
    this.#schema = schema
    this.#id = id
    this.write = messageText(schema)
  }

  /**
   * Returns the rows of texts, in their order.
   *
   * @throws `OPERATOR_STATE` for a row that the schema no longer takes
   */
  read(texts: readonly string[]): Batch<T> {
    const encoder = new TextEncoder()
    const decoded = rowSchema(this.#schema).decode(texts.map((text, offset) => ({ value: encoder.encode(text), offset })))
    const [wrong] = decoded.rejected
    if (wrong)
      throw new TicketsError(
        'OPERATOR_STATE',
        `"${this.#id}" has a row in the log that ${this.#schema.name} does not take any more: ${wrong.reason}. Run the release that wrote it, or start over with a new log`,
      )
    return internals.make(this.#schema, internals.sources(decoded.batch), decoded.batch.length, internals.metadata(decoded.batch), 'task')
  }
}
