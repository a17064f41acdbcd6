import { Batch, internals, MOST_ROWS, type Origin, type RowMetadata, type Schema } from '../../batch/batch.ts'

/** Collects the rows that an operator makes, each with the watermark before it, and emits them as batches. */
export class KeyedOutput<B> {
  /** What the rows that arrive carry beside watermarks and positions: whether they are windows, and their personal columns. */
  carried: Omit<RowMetadata, 'watermarks' | 'offsets'> = {}
  readonly #schema: Schema<B>
  readonly #origin: Origin
  readonly #next: (batch: Batch<B>) => void
  #rows: B[] = []
  #watermarks: number[] = []
  #offsets: number[] = []

  constructor(schema: Schema<B>, origin: Origin, next: (batch: Batch<B>) => void) {
    this.#schema = schema
    this.#origin = origin
    this.#next = next
  }

  add(row: B, watermark: number, offset: number): void {
    if (this.#rows.length === MOST_ROWS) this.flush()
    this.#rows.push(row)
    this.#watermarks.push(watermark)
    this.#offsets.push(offset)
  }

  /** Emits what was collected, unless there is nothing. */
  flush(): void {
    if (this.#rows.length > 0) this.emit()
  }

  /** Emits what was collected as one batch, which may be empty: an empty batch carries the schema. */
  emit(): void {
    const made = Batch.of(this.#schema, this.#rows)
    const metadata = { ...this.carried, watermarks: Float64Array.from(this.#watermarks), offsets: Float64Array.from(this.#offsets) }
    this.#rows = []
    this.#watermarks = []
    this.#offsets = []
    this.#next(internals.make(this.#schema, internals.columns(made), made.length, metadata, this.#origin))
  }
}
