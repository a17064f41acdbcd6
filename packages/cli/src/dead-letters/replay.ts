import { type CommitLog, type Flows, type PipelineOptions, pipeline, type RunOptions, type RunSummary, type Schema, withColumn } from '@tickets/core'
import { deadLetterSource } from '@tickets/sinks'
import * as z from 'zod'

/** A row that comes again, with a mark that says so. */
export type Replayed<T> = Omit<T, 'replayed'> & { replayed: boolean }

/** The rows that flows are made of. */
type Rows<T> = Parameters<Flows<T>>[0]

/** What a replay does with messages that were rejected once: settings of a pipeline, whose source are the dead letters. */
export interface ReplayOptions<T> extends Omit<PipelineOptions<T, number>, 'name' | 'source' | 'flows'> {
  /** Names it in its log; `replay` by default. */
  readonly name?: string
  /** The schema that rejected the messages, after the fix. */
  readonly schema: Schema<T>
  /** Holds what was replayed. It is a log of its own, and not that of the pipeline that rejected the messages. */
  readonly log: CommitLog
  /** The flows. Each row has a column `replayed` that is true, unless the schema has a column of that name. Targets must be the replay's own. */
  readonly flows: Flows<Replayed<T>>
}

/**
 * Sends the messages in a dataset of dead letters through a schema again, exactly once: it is a pipeline with a commit log, so a crash at any moment loses
 * and doubles nothing, and running it again replays what was rejected since. Messages that are rejected again go to its own `deadLetters`.
 *
 * @returns the counts of this run; `rows` is 0 where nothing was left to replay
 * @throws as `deadLetterSource` and `pipeline`
 * @example
 * await replayDeadLetters('data/dead', { schema: Ticket, log: commitLog('data/replay-log'),
 *   flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets-replayed'))) }) }) // { how: 'done', rows: 3, … }
 */
export function replayDeadLetters<T>(dir: string, options: ReplayOptions<T>, run: RunOptions = {}): Promise<RunSummary> {
  const { name = 'replay', schema, flows, ...rest } = options
  const isMarked = schema.fields.some((field) => field.name === 'replayed')
  const marked = (rows: Rows<T>) => rows.pipe(withColumn('replayed', z.boolean(), () => true))
  return pipeline<T, number>({
    ...rest,
    name,
    source: deadLetterSource(dir, { schema }),
    flows: (rows) => flows((isMarked ? rows : marked(rows)) as Rows<Replayed<T>>),
  }).run(run)
}
