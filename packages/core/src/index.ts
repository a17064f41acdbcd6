/**
 * Streaming pipelines for support tickets on RxJS: schemas, batches, windows and exactly-once commits.
 * @packageDocumentation
 */

export type { Agg, At, OutOf, ValueOf } from './aggregate/aggregate.ts'
export type { CheckedColumns, ColumnAgg, ColumnError } from './aggregate/column-agg.ts'
export { count, countWhere } from './aggregate/count.ts'
export { type CountDistinctOptions, countDistinct } from './aggregate/count-distinct.ts'
export { max, min } from './aggregate/extreme.ts'
export { first, last } from './aggregate/first-last.ts'
export { mean } from './aggregate/mean.ts'
export { type QuantileOptions, quantile } from './aggregate/quantile.ts'
export { sum } from './aggregate/sum.ts'
export { sumDecimal } from './aggregate/sum-decimal.ts'
export { topK } from './aggregate/top-k.ts'
export type { Clock } from './base/clock.ts'
export { compareTexts, sortTexts } from './base/compare-texts.ts'
export { type Duration, millis } from './base/duration.ts'
export { type ErrorCode, type ErrorOptions, isTicketsError, messageOf, TicketsError } from './base/errors.ts'
export type { Json } from './base/json.ts'
export { type LogEvent, type LogEventDefinition, type LogField, type LogFields, logEvents } from './base/log/log-events.ts'
export { type DetailsFirst, detailsFirst, type Logger } from './base/log/logger.ts'
export { Batch, type Decoded, type RowOf, type Schema, watermarksOf } from './batch/batch.ts'
export type { DecodeOptions, Message, MessageNeed, Rejected, Slices } from './batch/message.ts'
export type { CommitLog, LogRecord, PipelineRecord } from './connectors/commit-log.ts'
export { DeadLetter } from './connectors/dead-letter.ts'
export { type KeyedTable, type KeyedTableOptions, tableOf } from './connectors/joined/keyed-table.ts'
export { LateRow } from './connectors/late-row.ts'
export type { Progress, TaskStatus } from './connectors/progress.ts'
export type { Refused } from './connectors/refused-rows.ts'
export type { Range, Sink, Staged, Standing, TaskId, Writer } from './connectors/sink.ts'
export type { Assignments, Chunk, Closable, Limit, OpenOptions, PartitionInfo, Reader, Source, SourceInfo } from './connectors/source.ts'
export { sources } from './connectors/source-union.ts'
export type { HiddenFile, HiddenFiles, StageOptions, Storage, StoredFile } from './connectors/storage.ts'
export type {
  CommittedRange,
  EndedRun,
  MergeStatus,
  RangeStep,
  Retry,
  RunState,
  RunWatcher,
  StepTime,
  Telemetry,
  WatchedOutput,
  WatchedRun,
  WrittenOutput,
} from './connectors/telemetry.ts'
export type { Flows } from './dataflow/graph.ts'
export type { Written } from './dataflow/written.ts'
export { type DedupeOptions, dedupe } from './operators/dedupe.ts'
export { type Exploded, type ExplodeOptions, explode } from './operators/explode.ts'
export { filterColumn } from './operators/filter-column.ts'
export { filterRows } from './operators/filter-rows.ts'
export { flatMapRows } from './operators/flat-map-rows.ts'
export { fromSource } from './operators/from-source.ts'
export { into } from './operators/into.ts'
export type { JoinKeyedTableOptions } from './operators/join-keyed.ts'
export type { JoinTableOptions, Table } from './operators/join-map.ts'
export { joinTable } from './operators/join-table.ts'
export { type JoinWithinOptions, joinWithin } from './operators/join-within.ts'
export type { KeyedContext, KeyedOptions, KeyOf } from './operators/keyed/definition.ts'
export { keyedOperator } from './operators/keyed-operator.ts'
export { type MapAsyncOptions, mapAsync } from './operators/map-async.ts'
export { mapColumn } from './operators/map-column.ts'
export { mapRows } from './operators/map-rows.ts'
export type { FieldPath, Redacted, Redaction } from './operators/redact/redacted-row.ts'
export { type RedactOptions, redact } from './operators/redact.ts'
export { rows } from './operators/rows.ts'
export { runningTotals } from './operators/running-totals.ts'
export { type SessionizeOptions, sessionize } from './operators/sessionize.ts'
export { type StatefulDefinition, statefulOperator } from './operators/stateful-operator.ts'
export { toBatches } from './operators/to-batches.ts'
export type { TotalsOptions, TotalsRow } from './operators/totals/definition.ts'
export type { Emit, WindowedOptions, WindowRow } from './operators/windowed/definition.ts'
export { windowed } from './operators/windowed.ts'
export { withColumn } from './operators/with-column.ts'
export type { BackfillOptions } from './pipeline/backfill.ts'
export type { FlowChanges } from './pipeline/changes/flow-changes.ts'
export type { RunOptions } from './pipeline/execute.ts'
export type { PipelineOptions, RangeOptions } from './pipeline/options.ts'
export type { PersonalColumn, PersonalData, PersonalPlace } from './pipeline/personal-data.ts'
export { type Pipeline, pipeline } from './pipeline/pipeline.ts'
export type { RunSummary } from './records/totals.ts'
export { defineSchema, type MappedSchemaOptions, type SchemaOptions } from './schema/define.ts'
export type { Field, JsonSchema, Kind, Path, ShapeRow, Simplify, ValueAt, VariantMember } from './store/field.ts'
export type { PersonalForm } from './store/personal-marks.ts'
export { type AssignTeamOptions, assignTeam, teams } from './tickets/assign-team.ts'
export { type GeneratorOptions, generator } from './tickets/generator/generator.ts'
export { GENERATOR_DISORDER, type TicketOptions } from './tickets/generator/options.ts'
export { type TicketStream, type TicketStreamOptions, ticketStream } from './tickets/generator/ticket-stream.ts'
export { highPriority } from './tickets/high-priority.ts'
export { type Priority, priorities, type RequestType, requestTypes, Ticket, type TicketSchemaOptions, ticketSchema } from './tickets/ticket.ts'
export { type TicketMetrics, ticketMetrics } from './tickets/ticket-metrics.ts'
export { bytes } from './values/bytes.ts'
export { date } from './values/date.ts'
export { decimal } from './values/decimal.ts'
export type { EpochUnit } from './values/epoch.ts'
export { instant } from './values/instant.ts'
export { json } from './values/json-value.ts'
export {
  type MessageBytesOptions,
  type MessageColumn,
  messageHeader,
  messageKey,
  messageOffset,
  messagePartition,
  messageTimestamp,
} from './values/message-columns.ts'
export type { Interval } from './window/engine/interval.ts'
export type { Window } from './window/engine/window.ts'
export { global } from './window/global.ts'
export { type HoppingOptions, hopping } from './window/hopping.ts'
export { type SessionOptions, session } from './window/session.ts'
export { type SlidingOptions, sliding } from './window/sliding.ts'
export { type TumblingOptions, tumbling } from './window/tumbling.ts'
