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
export type { Clock } from './base/clock.ts'
export { compareTexts, sortTexts } from './base/compare-texts.ts'
export { type Duration, millis } from './base/duration.ts'
export { type ErrorCode, type ErrorOptions, isTicketsError, messageOf, TicketsError } from './base/errors.ts'
export { instant } from './base/instant.ts'
export type { Json } from './base/json.ts'
export type { Logger } from './base/logger.ts'
export { Batch } from './batch/batch.ts'
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
} from './batch/schema.ts'
export { watermarksOf } from './batch/watermarks.ts'
export type { CommitLog, LogRecord, PipelineRecord } from './connectors/commit-log.ts'
export { DeadLetter } from './connectors/dead-letter.ts'
export { LateRow } from './connectors/late-row.ts'
export type { Refused } from './connectors/refused-rows.ts'
export type { Range, Sink, Staged, Standing, TaskId, Writer } from './connectors/sink.ts'
export type { Assignments, Chunk, Closable, Limit, OpenOptions, PartitionInfo, Reader, Source, SourceInfo } from './connectors/source.ts'
export { sources } from './connectors/source-union.ts'
export type { Flows } from './dataflow/graph.ts'
export type { Written } from './dataflow/written.ts'
export { type DedupeOptions, dedupe } from './operators/dedupe.ts'
export { filterRows } from './operators/filter-rows.ts'
export { into } from './operators/into.ts'
export { type JoinTableOptions, joinTable, type Table } from './operators/join-table.ts'
export { type MapAsyncOptions, mapAsync } from './operators/map-async.ts'
export { mapRows } from './operators/map-rows.ts'
export { rows } from './operators/rows.ts'
export { type SessionizeOptions, sessionize } from './operators/sessionize.ts'
export { type StatefulDefinition, statefulOperator } from './operators/stateful-operator.ts'
export { toBatches } from './operators/to-batches.ts'
export { windowed } from './operators/windowed.ts'
export type { Emit, WindowedOptions, WindowRow } from './operators/windowed-options.ts'
export { withColumn } from './operators/with-column.ts'
export type { BackfillOptions } from './pipeline/backfill.ts'
export type { RunOptions } from './pipeline/execute.ts'
export type { FlowChanges } from './pipeline/flow-changes.ts'
export type { PipelineOptions, RangeOptions } from './pipeline/options.ts'
export { type Pipeline, pipeline } from './pipeline/pipeline.ts'
export type { Progress } from './pipeline/progress.ts'
export type { RunSummary } from './records/totals.ts'
export { defineSchema, type SchemaOptions } from './schema/define.ts'
export type { TaskStatus } from './tasks/context.ts'
export { type AssignTeamOptions, assignTeam, teams } from './tickets/assign-team.ts'
export { type GeneratorOptions, generator } from './tickets/generator/generator.ts'
export { GENERATOR_DISORDER, type TicketOptions } from './tickets/generator/options.ts'
export { type TicketStream, type TicketStreamOptions, ticketStream } from './tickets/generator/ticket-stream.ts'
export { highPriority } from './tickets/high-priority.ts'
export { type Priority, priorities, type RequestType, requestTypes, Ticket } from './tickets/ticket.ts'
export { type TicketMetrics, ticketMetrics } from './tickets/ticket-metrics.ts'
export type { Interval, Window } from './window/engine/window.ts'
export { global } from './window/global.ts'
export { type HoppingOptions, hopping } from './window/hopping.ts'
export { type SessionOptions, session } from './window/session.ts'
export { type SlidingOptions, sliding } from './window/sliding.ts'
export { type TumblingOptions, tumbling } from './window/tumbling.ts'
