import type { Clock } from '../../base/clock.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import type { Closable, PartitionInfo, Source } from '../source.ts'
import type { Input, InputOptions } from './input.ts'
import { JoinedReader } from './joined-reader.ts'

/** A source whose tasks read partitions of several. */
export interface JoinedSource<T> extends Source<T, Json> {
  /** The partitions of other sources that a task reads → the names of those. Known after `describe`. */
  inputsOf(task: string): ReadonlyMap<string, string>
}

/** Positions of another source come from it, pass through the log as JSON, and go back to it alone. */
type ReadInput = InputOptions & { readonly source: Source<unknown, Json> }

/** The partitions that one task reads: its own first. */
interface Parts {
  readonly own: PartitionInfo<Json>
  readonly others: readonly { readonly input: ReadInput; readonly info: PartitionInfo<Json> }[]
}

const numberOf = (id: string): string => /\d+$/.exec(id)?.[0] ?? ''

/**
 * Returns a source whose tasks read a partition of `own` and, beside it, partitions of other sources. A position holds one for each
 * (docs/internals/protocol.md#9.7).
 *
 * @param idleTimeout that of the pipeline, in milliseconds
 * @throws `OPTION_INVALID` from `describe` where a source to be read by partition has other partitions than `own`
 */
export function joinedSource<T>(
  own: Source<T, Json>,
  inputs: ReadonlyMap<string, Input>,
  settings: { readonly clock: Clock; readonly idleTimeout: number },
): JoinedSource<T> {
  const read = [...inputs.values()].map(
    (input): ReadInput => ({ ...input, source: (input.source.asInput?.() ?? input.source) as Source<unknown, Json> }),
  )
  let known: ReadonlyMap<string, Parts> = new Map()
  const isComplete = own.until === 'complete' && read.every(({ source }) => source.until === 'complete')
  const partsOf = (task: string): Parts => {
    const parts = known.get(task)
    if (!parts) throw new TicketsError('SOURCE_CHANGED', `the source has no partition ${task}`, { retryable: true })
    return parts
  }
  return {
    name: own.name,
    schema: own.schema,
    until: own.until === 'never' ? 'never' : isComplete ? 'complete' : 'now',
    ...(own.fixed === undefined ? {} : { fixed: own.fixed }),
    ...(own.mayShrink === undefined ? {} : { mayShrink: own.mayShrink }),
    ...(own.keyedBy === undefined ? {} : { keyedBy: own.keyedBy }),
    async describe() {
      const [first, ...others] = await Promise.all([own.describe(), ...read.map(({ source }) => source.describe())])
      if (!first) throw new TypeError('a source describes itself')
      known = new Map(
        first.partitions.map((info) => [
          info.id,
          { own: info, others: read.flatMap((input, i) => chosen(input, others[i]?.partitions ?? [], info, own, first.partitions.length)) },
        ]),
      )
      const vector = (parts: Parts, of: 'earliest' | 'start' | 'end'): JsonObject =>
        Object.fromEntries([parts.own, ...parts.others.map(({ info }) => info)].map((info) => [info.id, info[of]]))
      return {
        topics: [first, ...others].flatMap(({ topics }) => topics),
        partitions: [...known.values()].map((parts) => ({
          ...parts.own,
          earliest: vector(parts, 'earliest'),
          start: vector(parts, 'start'),
          end: vector(parts, 'end'),
        })),
      }
    },
    inputsOf: (task) => new Map(partsOf(task).others.map(({ input, info }) => [info.id, input.source.name])),
    async partitions(on) {
      const open: Closable[] = []
      const close = async () => {
        for (const one of open.reverse()) await one.close()
      }
      try {
        const ignored = { assigned: () => {}, revoked: async () => {}, failed: on.failed }
        for (const { source } of read) open.push(await source.partitions(ignored))
        open.push(await own.partitions(on))
      } catch (error) {
        await close()
        throw error
      }
      return { close }
    },
    async open(task, from, options) {
      const { own: mine, others } = partsOf(task)
      const at = positionsOf(task, from, [mine.id, ...others.map(({ info }) => info.id)])
      const to = options.to === undefined ? null : (options.to as JsonObject)
      const memory = (options.memory ?? {}) as JsonObject
      const { to: _, memory: __, ...rest } = options
      const open = async (source: Source<unknown, Json>, { id, earliest }: PartitionInfo<Json>) => {
        const from = at[id] ?? earliest
        const reader = await source.open(id, from, {
          ...rest,
          ...(to?.[id] === undefined ? {} : { to: to[id] as Json }),
          ...(memory[id] === undefined ? {} : { memory: memory[id] as Json }),
        })
        return { reader, partition: id, from, memory: memory[id], source }
      }
      const opened: Awaited<ReturnType<typeof open>>[] = []
      try {
        const first = (await open(own, mine)) as Awaited<ReturnType<typeof open>>
        opened.push(first)
        for (const { input, info } of others) opened.push(await open(input.source, info))
      } catch (error) {
        await Promise.all(opened.map(({ reader }) => reader.close().catch(() => {})))
        throw error
      }
      return new JoinedReader<T>(
        own.schema,
        opened.map((one, i) => ({ ...one, input: others[i - 1]?.input ?? null })),
        settings,
      )
    },
    ...(own.checkOffsets && {
      checkOffsets: ({ heads, ...log }) =>
        own.checkOffsets?.({
          ...log,
          heads: Object.fromEntries(Object.entries(heads).map(([id, to]) => [id, to && ((to as JsonObject)[id] ?? null)])),
        }) ?? Promise.resolve(),
    }),
  }
}

/** Returns the partitions of an input that a task reads. */
function chosen(
  input: ReadInput,
  partitions: readonly PartitionInfo<Json>[],
  { id }: PartitionInfo<Json>,
  own: Pick<Source<unknown>, 'name'>,
  count: number,
): Parts['others'] {
  if (input.partitions === 'all') return partitions.map((info) => ({ input, info }))
  const same = partitions.filter((info) => numberOf(info.id) === numberOf(id))
  const [info] = same
  if (partitions.length !== count || same.length !== 1 || !info)
    throw new TicketsError(
      'OPTION_INVALID',
      `${own.name} has ${count} partitions and ${input.source.name} has ${partitions.length}, so rows with one key are not in partitions of one number: give both topics as many, or read the table as a whole in every task with partitions: 'all'`,
    )
  return [{ input, info }]
}

/** Returns the position of each partition in the position of a task. */
function positionsOf(task: string, from: Json, ids: readonly string[]): JsonObject {
  const isVector = typeof from === 'object' && from !== null && !Array.isArray(from)
  const others = isVector ? Object.keys(from).filter((id) => !ids.includes(id)) : []
  if (isVector && others.length === 0) return from as JsonObject
  throw new TicketsError(
    'PIPELINE_CHANGED',
    isVector
      ? `the log's position of ${task} has ${others.join(', ')}, which no flow reads any more: put the join back, or start over with a new log`
      : `the log was begun before a flow joined another source to ${task}: run the pipeline with the join under another name, with a log and targets of its own, or start over with a new log`,
  )
}
