import { Subject } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import { Batch, internals, type Timeline } from '../batch/batch.ts'
import type { Input, InputOptions } from '../connectors/joined/input.ts'
import type { Source } from '../connectors/source.ts'
import type { Join } from './scope.ts'

/** How far a task has read a stream. The task moves it. */
class InputTimeline implements Timeline {
  watermark = Number.NEGATIVE_INFINITY
  readonly input: Timeline['input'] & {}

  constructor({ name, keyedBy }: Source<unknown, never>, partitions: InputOptions['partitions']) {
    this.input = { name, partitions, ...(keyedBy && { keyedBy }) }
  }
}

interface Stream extends Input {
  readonly rows: Subject<Batch<unknown>>
  readonly timeline: InputTimeline
}

/** The sources that the flows of one graph read beside their own, and the joins that wait for the watermarks of all of them. */
export class Inputs {
  readonly #streams = new Map<string, Stream>()
  /** In the order in which they feed each other. */
  readonly #joins: Join[] = []
  /** How far the task's own partition was read. */
  readonly own = { watermark: Number.NEGATIVE_INFINITY }

  /** The other sources, by name. */
  get sources(): ReadonlyMap<string, Input> {
    return this.#streams
  }

  /** How far the rows of joins are out: nothing before it leaves them any more. Infinity without one. */
  get joined(): number {
    return this.#joins.reduce((least, { timeline }) => Math.min(least, timeline.watermark), Number.POSITIVE_INFINITY)
  }

  /** Returns the rows of another source. Throws `OPTION_INVALID` where two sources have one name, or one is read in two ways. */
  open<B>(source: Source<B, never>, options: InputOptions): Subject<Batch<B>> {
    const known = this.#streams.get(source.name)
    if (known && known.source !== source)
      throw new TicketsError('OPTION_INVALID', `two sources that are joined are both called ${source.name}: make one of them, and use it for both`)
    if (known && known.partitions !== options.partitions)
      throw new TicketsError(
        'OPTION_INVALID',
        `${source.name} is read both by partition and as a whole in every task: make a source of its own, with another topic, for one of these`,
      )
    const stream = known ?? { ...options, source, rows: new Subject<Batch<unknown>>(), timeline: new InputTimeline(source, options.partitions) }
    if (!known || options.readFirst) this.#streams.set(source.name, { ...stream, ...options })
    return stream.rows as Subject<Batch<unknown>> as Subject<Batch<B>>
  }

  join(join: Join): void {
    this.#joins.push(join)
  }

  /** Pushes the empty batch of the start through the other sources. */
  probe(): void {
    for (const { source, rows, timeline } of this.#streams.values()) rows.next(probeOf(source.schema, timeline))
  }

  push(input: string, batch: Batch<unknown>): void {
    this.#streams.get(input)?.rows.next(batch)
  }

  /** Notes how far the streams were read, and lets the joins emit what that has passed. */
  advance(own: number, inputs: ReadonlyMap<string, number>): void {
    this.own.watermark = own
    for (const [name, watermark] of inputs) {
      const stream = this.#streams.get(name)
      if (stream) stream.timeline.watermark = watermark
    }
    for (const join of this.#joins) join.release()
  }
}

/** Returns the empty batch that carries the schema and the timeline of a stream down the flows. */
export function probeOf<T>(schema: Batch<T>['schema'], timeline: Timeline): Batch<T> {
  const metadata = { watermarks: new Float64Array(0), offsets: new Float64Array(0), timeline }
  return internals.make(schema, internals.columns(Batch.of(schema, [])), 0, metadata, 'task')
}
