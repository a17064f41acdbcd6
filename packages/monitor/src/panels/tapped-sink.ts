import type { Batch, Range, Schema, Sink, Staged, TaskId, Writer } from '@tickets/core'

/** Watches what the sinks of a flow make visible. Whatever a tap throws, they do not notice. */
export interface Tap<T, H> {
  /** Refuses rows that cannot be watched, at the start of a run. */
  check?(schema: Schema<T>, flow: string): void
  /** Returns what watches the flow. A pipeline builds its flows, and opens their sinks, once for each task. */
  open(at: TaskId, schema: Schema<T>): Watcher<T, H>
}

/** Watches one flow of one log. `H` is what it keeps of a range until that is visible. */
export interface Watcher<T, H> {
  /** What it keeps of ranges that are staged. A sink that is opened again publishes what the one before it has staged. */
  readonly waiting: Waiting<H>
  /** Begins a range. */
  begin(): H
  /** Takes what is of use of a batch. It must keep little, and not the batch. */
  add(held: H, batch: Batch<T>): void
  /** Takes how many rows the sink has refused. */
  refused(count: number): void
  /** Takes a range that is visible now. */
  show(held: H): void
  /** Is notified that it has thrown. Nothing else of it is called by the same task. */
  failed(): void
}

/** Ranges of a task that may wait to be published: one that is staged, and one that is recorded. A few more do no damage. */
const WAITING = 4

/** Keeps what belongs to ranges that are staged, until they are published. */
export class Waiting<H> {
  /** Task → what was staged, as JSON → what belongs to it. */
  readonly #tasks = new Map<string, Map<string, H>>()

  put(task: string, staged: Staged, held: H): void {
    const own = this.#tasks.get(task) ?? new Map<string, H>()
    this.#tasks.set(task, own)
    own.set(JSON.stringify(staged), held)
    for (const key of own.keys()) if (own.size > WAITING) own.delete(key)
  }

  /** Returns what belongs to a range, and forgets it: a range that is published twice is shown once. */
  take(task: string, staged: Staged): H | undefined {
    const own = this.#tasks.get(task)
    const key = JSON.stringify(staged)
    const held = own?.get(key)
    own?.delete(key)
    return held
  }
}

/** Returns a sink that writes what `sink` writes, in the same way, and lets a tap watch what becomes visible. */
export function tappedSink<T, H>(sink: Sink<T>, tap: Tap<T, H>): Sink<T> {
  const { target, format } = sink
  return {
    target,
    ...(format !== undefined && { format }),
    ...(sink.place && { place: sink.place.bind(sink) }),
    ...(sink.version && { version: (version: number) => tappedSink((sink.version as NonNullable<Sink<T>['version']>)(version), tap) }),
    async check(schema, flow) {
      tap.check?.(schema, flow)
      await sink.check?.(schema, flow)
    },
    ...(sink.prepare && { prepare: sink.prepare.bind(sink) }),
    ...(sink.begin && { begin: sink.begin.bind(sink) }),
    ...(sink.reached && { reached: sink.reached.bind(sink) }),
    ...(sink.maintain && { maintain: sink.maintain.bind(sink) }),
    async open(at, schema, on) {
      const writer = await sink.open(at, schema, on)
      return new TappedWriter(writer, openSafely(tap, at, schema), at.task)
    },
  }
}

function openSafely<T, H>(tap: Tap<T, H>, at: TaskId, schema: Schema<T>): Watcher<T, H> | null {
  try {
    return tap.open(at, schema)
  } catch {
    return null
  }
}

class TappedWriter<T, H> implements Writer<T> {
  readonly #writer: Writer<T>
  /** Null once it has thrown. */
  #watcher: Watcher<T, H> | null
  readonly #task: string
  #held: H | null = null

  constructor(writer: Writer<T>, watcher: Watcher<T, H> | null, task: string) {
    this.#writer = writer
    this.#watcher = watcher
    this.#task = task
  }

  get stagesAhead(): boolean {
    return this.#writer.stagesAhead === true
  }

  async write(batch: Batch<T>): Promise<undefined | Awaited<ReturnType<Writer<T>['write']>>> {
    this.#try((watcher) => {
      this.#held ??= watcher.begin()
      watcher.add(this.#held, batch)
    })
    const refused = await this.#writer.write(batch)
    if (refused && refused.length > 0) this.#try((watcher) => watcher.refused(refused.length))
    return refused
  }

  async stage(n: number, attempt: string, range: Range): Promise<Staged | null> {
    // Before the first wait: what is written after this call belongs to the next range.
    const held = this.#held
    this.#held = null
    const staged = await this.#writer.stage(n, attempt, range)
    if (staged !== null && held !== null) this.#try(({ waiting }) => waiting.put(this.#task, staged, held))
    return staged
  }

  async publish(staged: Staged): Promise<void> {
    await this.#writer.publish(staged)
    this.#try((watcher) => {
      const held = watcher.waiting.take(this.#task, staged)
      if (held !== undefined) watcher.show(held)
    })
  }

  sweep(head: { readonly n: number; readonly attempt: string }): Promise<void> {
    return this.#writer.sweep(head)
  }

  close(): Promise<void> {
    return this.#writer.close()
  }

  #try(work: (watcher: Watcher<T, H>) => void): void {
    const watcher = this.#watcher
    if (!watcher) return
    try {
      work(watcher)
    } catch {
      this.#watcher = null
      watcher.failed()
    }
  }
}
