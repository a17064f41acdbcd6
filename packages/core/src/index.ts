/**
 * Streaming pipelines for support tickets on RxJS: schemas, batches, windows and exactly-once commits.
 * @packageDocumentation
 */

export type { Agg, At, OutOf, ValueOf } from './aggregate/aggregate.ts'
export { count, countWhere } from './aggregate/count.ts'
export { type CountDistinctOptions, countDistinct } from './aggregate/count-distinct.ts'
export { max, min } from './aggregate/extreme.ts'
export { first, last } from './aggregate/first-last.ts'
export { mean } from './aggregate/mean.ts'
export { type QuantileOptions, quantile } from './aggregate/quantile.ts'
export { sum } from './aggregate/sum.ts'
export { topK } from './aggregate/top-k.ts'
export { Batch } from './batch/batch.ts'
export { compareTexts, sortTexts } from './batch/compare-texts.ts'
export { watermarksOf } from './batch/watermarks.ts'
export { type ErrorCode, type ErrorOptions, isTicketsError, messageOf, TicketsError } from './errors/errors.ts'
export { type GeneratorOptions, generator } from './generator/generator.ts'
export { GENERATOR_DISORDER, type TicketOptions } from './generator/options.ts'
export { type TicketStream, type TicketStreamOptions, ticketStream } from './generator/ticket-stream.ts'
export { type AssignTeamOptions, assignTeam, teams } from './operators/assign-team.ts'
export { type DedupeOptions, dedupe } from './operators/dedupe.ts'
export { filterRows } from './operators/filter-rows.ts'
export { highPriority } from './operators/high-priority.ts'
export { into, type Written } from './operators/into.ts'
export { type JoinTableOptions, joinTable, type Table } from './operators/join-table.ts'
export { type MapAsyncOptions, mapAsync } from './operators/map-async.ts'
export { mapRows } from './operators/map-rows.ts'
export { rows } from './operators/rows.ts'
export { type SessionizeOptions, sessionize } from './operators/sessionize.ts'
export { type StatefulDefinition, statefulOperator } from './operators/stateful-operator.ts'
export { type TicketMetrics, ticketMetrics } from './operators/ticket-metrics.ts'
export { toBatches } from './operators/to-batches.ts'
export { windowed } from './operators/windowed.ts'
export type { Emit, WindowedOptions, WindowRow } from './operators/windowed-options.ts'
export { withColumn } from './operators/with-column.ts'
export type { BackfillOptions } from './pipeline/backfill.ts'
export { DeadLetter } from './pipeline/dead-letter.ts'
export type { RunOptions } from './pipeline/execute.ts'
export type { FlowChanges } from './pipeline/flow-changes.ts'
export type { Flows } from './pipeline/graph.ts'
export { LateRow } from './pipeline/late.ts'
export type { CommitLog, LogRecord, PipelineRecord } from './pipeline/log.ts'
export type { PipelineOptions, RangeOptions } from './pipeline/options.ts'
export { type Pipeline, pipeline } from './pipeline/pipeline.ts'
export type { Progress } from './pipeline/progress.ts'
export type { Refused } from './pipeline/refused.ts'
export type { Logger, TaskStatus } from './pipeline/runtime.ts'
export type { Range, Sink, Staged, Standing, TaskId, Writer } from './pipeline/sink.ts'
export type { Assignments, Chunk, Closable, Json, Limit, OpenOptions, PartitionInfo, Reader, Source, SourceInfo } from './pipeline/source.ts'
export { sources } from './pipeline/sources.ts'
export type { RunSummary } from './pipeline/summary.ts'
export { defineSchema, type SchemaOptions } from './schema/define.ts'
export { instant } from './schema/instant.ts'
export type {
  Decoded,
  DecodeOptions,
  Field,
  JsonSchema,
  Kind,
  Message,
  Rejected,
  RowOf,
  Schema,
  ShapeRow,
  Simplify,
  Slices,
} from './schema/schema.ts'
export { type Priority, priorities, type RequestType, requestTypes, Ticket } from './schema/ticket.ts'
export type { Clock } from './time/clock.ts'
export { type Duration, millis } from './time/duration.ts'
export { global } from './window/global.ts'
export { type HoppingOptions, hopping } from './window/hopping.ts'
export { type SessionOptions, session } from './window/session.ts'
export { type SlidingOptions, sliding } from './window/sliding.ts'
export { type TumblingOptions, tumbling } from './window/tumbling.ts'
export type { Interval, Window } from './window/window.ts'
