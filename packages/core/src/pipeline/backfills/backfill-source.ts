import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Source } from '../../connectors/source.ts'
import { backfillTask } from '../../records/backfill-record.ts'

/** A source whose partitions go by the names of a backfill's tasks; each ends for good at the end of its range. */
export class BackfillSource<T> implements Source<T, Json> {
  readonly name: string
  readonly schema: Source<T, Json>['schema']
  readonly until = 'complete'
  readonly keyedBy?: readonly string[]
  readonly #inner: Source<T, Json>
  readonly #backfill: string
  /** The tasks that are to run; none of them before `only`. */
  readonly #tasks: ReadonlySet<string>
  /** task → partition. */
  readonly #origins: Map<string, string>

  constructor(inner: Source<T, Json>, backfill: string, tasks: ReadonlySet<string> = new Set(), origins: ReadonlyMap<string, string> = new Map()) {
    this.#inner = inner
    this.#backfill = backfill
    this.#tasks = tasks
    this.#origins = new Map(origins)
    this.name = inner.name
    this.schema = inner.schema
    if (inner.keyedBy) this.keyedBy = inner.keyedBy
  }

  /** Returns the same source for these tasks; it leaves the partitions of others alone. */
  only(tasks: Iterable<string>): BackfillSource<T> {
    return new BackfillSource(this.#inner, this.#backfill, new Set(tasks), this.#origins)
  }

  /** The partition that a task reads. */
  readonly originOf = (task: string): string => this.#origins.get(task) ?? task

  async describe() {
    const { topics, partitions } = await this.#inner.describe()
    return { topics, partitions: partitions.map((info) => ({ ...info, id: this.#taskOf(info.id) })) }
  }

  partitions: Source<T, Json>['partitions'] = (on) =>
    this.#inner.partitions({
      assigned: (partitions) => on.assigned(this.#tasksOf(partitions)),
      revoked: (partitions) => on.revoked(this.#tasksOf(partitions)),
      failed: on.failed,
    })

  open: Source<T, Json>['open'] = (task, from, options) => {
    const partition = this.#origins.get(task)
    if (partition === undefined) throw new TicketsError('SOURCE_MISSING', `no partition is read by a task ${task}`)
    return this.#inner.open(partition, from, options)
  }

  async checkOffsets({ heads, ...log }: Parameters<NonNullable<Source<T, Json>['checkOffsets']>>[0]): Promise<void> {
    await this.#inner.checkOffsets?.({ ...log, heads: Object.fromEntries(Object.entries(heads).map(([task, at]) => [this.originOf(task), at])) })
  }

  readonly #tasksOf = (partitions: readonly string[]) => partitions.map((one) => this.#taskOf(one)).filter((task) => this.#tasks.has(task))

  #taskOf(partition: string): string {
    const task = backfillTask(partition, this.#backfill)
    this.#origins.set(task, partition)
    return task
  }
}
