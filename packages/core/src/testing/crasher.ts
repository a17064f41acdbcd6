import { TicketsError } from '../base/errors.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { Sink, Writer } from '../connectors/sink.ts'
import type { Reader, Source } from '../connectors/source.ts'

/** What goes wrong, and where: at the `step`th call of the pipeline to its source, log and sinks, counted from 1. */
export interface Crash {
  readonly step: number
  /** Before the call acts, or after it acted and before its answer arrives. */
  readonly when: 'before' | 'after'
  /** `death` (the default): nothing of this process acts any more. `fault`: this call fails, as one that may be tried again. */
  readonly how?: 'death' | 'fault'
}

/** The parts of a pipeline that outlive it. */
export interface Parts {
  // biome-ignore lint/suspicious/noExplicitAny: positions go in and come out; no other type takes every source
  readonly source: Source<unknown, any>
  readonly log: CommitLog
  readonly sinks: Readonly<Record<string, Sink<never>>>
}

type Guard = <R>(what: string, act: () => Promise<R>) => Promise<R>

/** Stands between one pipeline and its parts, counts the calls, and lets one of them fail. */
export class Crasher {
  readonly #crash: Crash | undefined
  /** What was called, in words, in order. */
  readonly calls: string[] = []
  /** The process is dead. */
  dead = false
  /** The crash has come to pass. */
  hit = false
  /** Broken promises, which no error of the pipeline may hide. */
  readonly violations: string[] = []

  constructor(crash?: Crash) {
    this.#crash = crash
  }

  /** The same parts, watched. */
  wrap<P extends Parts>({ source, log, sinks }: P): Pick<P, 'source' | 'log' | 'sinks'> {
    const wrapped = Object.entries(sinks).map(([name, sink]) => [name, this.#sink(name, sink as Sink<unknown>, log)])
    return { source: this.#source(source), log: this.#log(log), sinks: Object.fromEntries(wrapped) } as Pick<P, 'source' | 'log' | 'sinks'>
  }

  readonly #guard: Guard = async (what, act) => {
    if (this.dead) throw died(what)
    const step = this.calls.push(what)
    const crash = this.#crash?.step === step ? this.#crash : undefined
    if (crash) this.hit = true
    const fault = crash?.how === 'fault'
    if (crash && !fault) this.dead = true
    if (crash?.when === 'before') throw fault ? faulty(what) : died(what)
    const answer = await act()
    if (crash) throw fault ? faulty(what) : died(what)
    return answer
  }

  /** Teardown: a dead process releases nothing in an orderly way, and must not be kept from ending. */
  async #close(act: () => Promise<void>): Promise<void> {
    if (!this.dead) await act()
  }

  #log(log: CommitLog): CommitLog {
    const guard = this.#guard
    return {
      begin: (record) => guard('log: begin', () => log.begin(record)),
      pipeline: () => guard('log: pipeline', () => log.pipeline()),
      head: (task) => guard(`log: head of ${task}`, () => log.head(task)),
      latest: (task) => guard(`log: latest of ${task}`, () => log.latest(task)),
      append: (task, record) => guard(`log: append ${task}/${record.n}`, () => log.append(task, record)),
      async *read(task, after) {
        const records = log.read(task, after)[Symbol.asyncIterator]()
        try {
          for (let n = after + 1; ; n++) {
            const { done, value } = await guard(`log: read ${task}/${n}`, () => records.next())
            if (done) return
            yield value
          }
        } finally {
          await records.return?.()
        }
      },
      prune: (task, below) => guard(`log: prune ${task} below ${below}`, () => log.prune(task, below)),
      putState: (task, name, bytes) => guard(`log: put state ${task}/${name}`, () => log.putState(task, name, bytes)),
      getState: (task, name) => guard(`log: get state ${task}/${name}`, () => log.getState(task, name)),
      sweepState: (task, head, keep) => guard(`log: sweep states of ${task} up to ${head.n}`, () => log.sweepState(task, head, keep)),
    }
  }

  #source<T, P>(source: Source<T, P>): Source<T, P> {
    const guard = this.#guard
    const reader = (partition: string, inner: Reader<T, P>): Reader<T, P> => ({
      read: (max) => guard(`source: read ${partition}`, () => inner.read(max)),
      ...(inner.commit && {
        commit: (position: P, note: string) => guard(`source: commit ${partition}`, () => inner.commit?.(position, note) ?? Promise.resolve()),
      }),
      close: () => this.#close(() => inner.close()),
    })
    const { checkOffsets, backfill } = source
    return {
      name: source.name,
      schema: source.schema,
      until: source.until,
      ...(source.fixed !== undefined && { fixed: source.fixed }),
      ...(source.mayShrink !== undefined && { mayShrink: source.mayShrink }),
      ...(source.keyedBy && { keyedBy: source.keyedBy }),
      ...(backfill && { backfill: (of) => this.#source(backfill.call(source, of)) }),
      describe: () => guard('source: describe', () => source.describe()),
      partitions: async (on) => {
        const assigned = await guard('source: partitions', () => source.partitions(on))
        return { close: () => assigned.close() }
      },
      open: (partition, from, options) =>
        guard(`source: open ${partition} at ${JSON.stringify(from)}`, async () => reader(partition, await source.open(partition, from, options))),
      ...(backfill && { backfill: (of) => this.#source(backfill.call(source, of)) }),
      ...(checkOffsets && { checkOffsets: (of) => guard('source: check offsets', () => checkOffsets.call(source, of)) }),
    }
  }

  #sink<T>(name: string, sink: Sink<T>, log: CommitLog): Sink<T> {
    const guard = this.#guard
    const { place, version, check, prepare, begin, reached, maintain } = sink
    const writer = (task: string, flow: string, inner: Writer<T>): Writer<T> => ({
      ...(inner.stagesAhead !== undefined && { stagesAhead: inner.stagesAhead }),
      write: (batch) => guard(`${name}: write for ${task}`, () => inner.write(batch)),
      stage: (n, attempt, range) => guard(`${name}: stage ${task}/${n}`, () => inner.stage(n, attempt, range)),
      publish: (staged) =>
        guard(`${name}: publish ${task}`, async () => {
          // docs/internals/protocol.md#the-commit: never visible before its record; and only the head is ever published.
          const head = await log.head(task)
          if (JSON.stringify(head?.files[flow]) !== JSON.stringify(staged))
            this.violations.push(`${name} is told to publish ${JSON.stringify(staged)}, which the head of ${task} does not name`)
          return inner.publish(staged)
        }),
      sweep: (head) => guard(`${name}: sweep ${task} up to ${head.n}`, () => inner.sweep(head)),
      close: () => this.#close(() => inner.close()),
    })
    return {
      target: sink.target,
      ...(sink.format !== undefined && { format: sink.format }),
      ...(place && { place: () => guard(`${name}: place`, () => place.call(sink)) }),
      ...(version && { version: (n) => this.#sink(`${name} v${n}`, version.call(sink, n), log) }),
      ...(check && { check: (schema, flow) => guard(`${name}: check`, () => check.call(sink, schema, flow)) }),
      ...(prepare && { prepare: (of) => guard(`${name}: prepare`, () => prepare.call(sink, of)) }),
      ...(begin && { begin: (of) => guard(`${name}: begin`, () => begin.call(sink, of)) }),
      ...(reached && { reached: (of) => guard(`${name}: reached`, () => reached.call(sink, of)) }),
      ...(maintain && { maintain: (on) => guard(`${name}: maintain`, () => maintain.call(sink, on)) }),
      open: (task, schema, on) =>
        guard(`${name}: open for ${task.task}`, async () => writer(task.task, task.flow, await sink.open(task, schema, on))),
    }
  }
}

const died = (what: string) => new Error(`crashEverywhere: the process died at "${what}"`)
const faulty = (what: string) => new TicketsError('SINK_FAILED', `crashEverywhere: a passing fault at "${what}"`, { retryable: true })
