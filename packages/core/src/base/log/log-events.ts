import { isTicketsError } from '../errors.ts'
import type { Logger } from './logger.ts'

/** What an event of the log is. The table in the docs is made from it. */
export interface LogEventDefinition {
  /** `any` where another library's own messages are passed on, at the level that it gives them. */
  readonly level: keyof Logger | 'any'
  /** Who logs it. Events of a pipeline have the field `pipeline`, too. */
  readonly by: 'pipeline' | 'kafka' | 'registry' | 'ksql' | 'feeds'
  readonly fields: readonly LogField[]
  /** When it is logged, in one sentence without a full stop. */
  readonly when: string
}

/** The fields of events, with what they hold. */
export interface LogFields {
  /** `<topic>-<number>`, or `merge`. */
  readonly task: string
  readonly partition: string
  /** The name of a source. */
  readonly source: string
  readonly flow: string
  /** The name of a pipeline that `feeds` runs. */
  readonly feed: string
  /** What a feed does: `running`, `waiting`, `paused` and so on. */
  readonly state: string
  /** Rows that a feed has read since it was made. */
  readonly rows: number
  readonly flows: readonly string[]
  readonly topic: string
  readonly groupId: string
  readonly broker: string
  /** A folder or a place in a bucket. */
  readonly target: string
  /** The code of the error, or `OTHER` where it has none. */
  readonly code: string
  /** The error itself, with its stack. */
  readonly err: unknown
  /** Failures without progress between them, this one included. */
  readonly failures: number
  /** Milliseconds until it is tried again. */
  readonly pauseMs: number
  /** Milliseconds for which it is still tried again. */
  readonly leftMs: number
  /** Milliseconds for which something has stood. */
  readonly stoodMs: number
  /** The limit that is near, in milliseconds. */
  readonly timeoutMs: number
  /** What was tried, in words. */
  readonly work: string
  /** Where something begins: an offset, or a time in epoch milliseconds. */
  readonly from: number
  /** Where it ends. */
  readonly to: number
  readonly offset: number
  /** Parts of a backfill that are left. */
  readonly open: number
  /** Parts of a backfill. */
  readonly parts: number
  /** Files that were merged. */
  readonly merged: number
  /** Files that were written. */
  readonly written: number
  /** Whether it is tried again without a restart of the pipeline. */
  readonly restarts: boolean
  /** Partitions that wait, as texts. */
  readonly waiting: readonly string[]
  /** Where partitions stand that have messages, and give none. */
  readonly stalls: readonly { readonly partition: string; readonly position: number; readonly end: number }[]
  /** The part of the library that says it. */
  readonly namespace: string
}

/** A field that events have. */
export type LogField = keyof LogFields

/** All events of the log, each once. Names and fields are stable: a change is a breaking one. Messages are for people, and may change. */
export const logEvents = {
  'task.retried': {
    level: 'warn',
    by: 'pipeline',
    fields: ['task', 'failures', 'pauseMs', 'code'],
    when: 'A task, or the merge, is opened again after a fault',
  },
  'task.offset_not_committed': {
    level: 'warn',
    by: 'pipeline',
    fields: ['partition', 'code'],
    when: 'The offset of the group was not committed; the log has the position',
  },
  'task.reader_not_closed': {
    level: 'warn',
    by: 'pipeline',
    fields: ['partition', 'code'],
    when: 'A reader of the source failed while it was closed',
  },
  'source.empty': {
    level: 'warn',
    by: 'pipeline',
    fields: ['source'],
    when: 'The source has no partitions, so the run ends',
  },
  'watermark.jumped': {
    level: 'warn',
    by: 'pipeline',
    fields: ['partition', 'offset', 'from', 'to'],
    when: 'One row moved the watermark by more than a day; once for each partition',
  },
  'flow.filling': {
    level: 'info',
    by: 'pipeline',
    fields: ['flows', 'open', 'parts'],
    when: 'A new flow gets what lies before it',
  },
  'flow.filled': {
    level: 'info',
    by: 'pipeline',
    fields: ['flows'],
    when: 'A new flow has what lies before it',
  },
  'sink.maintenance_stopped': {
    level: 'error',
    by: 'pipeline',
    fields: ['flow', 'code', 'err'],
    when: 'What a sink does beside the pipeline has stopped; the pipeline continues',
  },
  'compaction.done': {
    level: 'info',
    by: 'pipeline',
    fields: ['target', 'merged', 'written'],
    when: 'Small files of a dataset were merged',
  },
  'compaction.failed': {
    level: 'warn',
    by: 'pipeline',
    fields: ['target', 'pauseMs', 'code', 'err'],
    when: 'A compaction failed, or one that was cut off could not be finished; it is tried again',
  },
  'callback.threw': {
    level: 'error',
    by: 'pipeline',
    fields: ['code', 'err'],
    when: 'Telemetry or `onProgress` threw; once for each',
  },
  'feed.changed': {
    level: 'info',
    by: 'feeds',
    fields: ['feed', 'state', 'rows'],
    when: 'A feed is started, paused, waits, or has ended',
  },
  'feed.restarted': {
    level: 'warn',
    by: 'feeds',
    fields: ['feed', 'failures', 'pauseMs', 'code'],
    when: 'A feed failed with an error that may pass, and is started again after a pause',
  },
  'feed.failed': {
    level: 'error',
    by: 'feeds',
    fields: ['feed', 'failures', 'code', 'err'],
    when: 'A feed failed, and is not started again by itself',
  },
  'feed.ended_badly': {
    level: 'warn',
    by: 'feeds',
    fields: ['feed', 'code', 'err'],
    when: 'A feed failed while it was paused or drained; what it had not committed is read again',
  },
  'kafka.retried': {
    level: 'warn',
    by: 'kafka',
    fields: ['work', 'leftMs', 'code'],
    when: 'A request failed with an error that may pass',
  },
  'kafka.write_retried': {
    level: 'warn',
    by: 'kafka',
    fields: ['topic', 'pauseMs', 'code'],
    when: 'Writing to a topic failed with an error that may pass',
  },
  'kafka.transaction_slow': {
    level: 'warn',
    by: 'kafka',
    fields: ['topic', 'timeoutMs'],
    when: 'A transaction has taken half of `transactionTimeout`; once for each writer',
  },
  'kafka.reconnected': {
    level: 'warn',
    by: 'kafka',
    fields: ['stoodMs', 'stalls'],
    when: 'Nothing came although there are messages, so the client connects anew',
  },
  'kafka.ends_unknown': {
    level: 'debug',
    by: 'kafka',
    fields: ['code'],
    when: 'The broker does not answer, so it cannot be said whether the client hangs',
  },
  'kafka.offsets_skipped': {
    level: 'warn',
    by: 'kafka',
    fields: ['partition', 'from', 'to'],
    when: 'The broker says again and again that nothing is at these offsets; `to` is the next one',
  },
  'kafka.group_failed': {
    level: 'warn',
    by: 'kafka',
    fields: ['groupId', 'code', 'restarts'],
    when: 'The consumer group failed',
  },
  'kafka.offset_not_committed': {
    level: 'warn',
    by: 'kafka',
    fields: ['partition', 'code'],
    when: 'The offset of the group was not committed; the log has the position',
  },
  'kafka.group_not_left': {
    level: 'warn',
    by: 'kafka',
    fields: ['groupId', 'code'],
    when: 'Leaving the consumer group failed',
  },
  'kafka.claim_waiting': {
    level: 'debug',
    by: 'kafka',
    fields: ['groupId', 'waiting'],
    when: 'Another process has to claim the group first',
  },
  'kafka.limits_hidden': {
    level: 'warn',
    by: 'kafka',
    fields: ['topic'],
    when: 'This user may not see the configuration of a topic that is written to',
  },
  'kafka.windows_waiting': {
    level: 'warn',
    by: 'kafka',
    fields: ['partition', 'waiting', 'stoodMs'],
    when: 'Windows wait for tasks of the pipeline that writes the repartitioned topic',
  },
  'kafka.connecting': {
    level: 'debug',
    by: 'kafka',
    fields: ['broker'],
    when: 'A connection for fetches is opened',
  },
  'kafka.client': {
    level: 'any',
    by: 'kafka',
    fields: ['namespace'],
    when: 'kafkajs logs something; its own details are fields, too',
  },
  'kafka.login': {
    level: 'any',
    by: 'kafka',
    fields: ['broker'],
    when: 'A login mechanism of yours logs something; its own details are fields, too',
  },
  'registry.retried': {
    level: 'warn',
    by: 'registry',
    fields: ['leftMs', 'code'],
    when: 'Asking the schema registry failed with an error that may pass',
  },
  'ksql.retried': {
    level: 'warn',
    by: 'ksql',
    fields: ['pauseMs', 'code'],
    when: 'A push query ended, and is asked again',
  },
} as const satisfies Readonly<Record<string, LogEventDefinition>>

/** The name of an event. */
export type LogEvent = keyof typeof logEvents

/** The events with a level of their own. */
type Leveled = { [E in LogEvent]: (typeof logEvents)[E]['level'] extends 'any' ? never : E }[LogEvent]
/** The fields of an event. */
type FieldsOf<E extends LogEvent> = Pick<LogFields, (typeof logEvents)[E]['fields'][number]>

/** Writes an event of the catalogue to a logger at its level, with its name as `event` and all of its fields. */
export function logEvent<E extends Leveled>(logger: Logger | undefined, event: E, fields: FieldsOf<E>, message: string): void {
  const { level }: { readonly level: keyof Logger } = logEvents[event]
  logger?.[level](message, { event, ...fields })
}

/** Passes on what another library logs, at the level and with the details that it gives. */
export function passOn<E extends Exclude<LogEvent, Leveled>>(
  logger: Logger | undefined,
  event: E,
  level: keyof Logger,
  fields: FieldsOf<E>,
  message: string,
  details?: object,
): void {
  logger?.[level](message, { ...details, event, ...fields })
}

/** Returns the code of an error for the log, or `OTHER` where it has none. */
export const codeOf = (error: unknown): string => (isTicketsError(error) ? error.code : 'OTHER')
