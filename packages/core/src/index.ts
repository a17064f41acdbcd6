/**
 * Streaming pipelines for support tickets on RxJS: schemas, batches, windows and exactly-once commits.
 * @packageDocumentation
 */
export { Batch } from './batch/batch.ts'
export { type ErrorCode, type ErrorOptions, TicketsError, isTicketsError } from './errors/errors.ts'
export type { CommitLog, LogRecord, PipelineRecord } from './pipeline/log.ts'
export type { Range, Sink, Staged, TaskId, Writer } from './pipeline/sink.ts'
export type { Assignments, Chunk, Closable, Json, Limit, OpenOptions, PartitionInfo, Reader, Source, SourceInfo } from './pipeline/source.ts'
export { defineSchema, type SchemaOptions } from './schema/define.ts'
export { instant } from './schema/instant.ts'
export type { DecodeOptions, Decoded, Field, JsonSchema, Kind, Message, Rejected, Schema, ShapeRow, Simplify } from './schema/schema.ts'
export { Ticket, type Priority, type RequestType, priorities, requestTypes } from './schema/ticket.ts'
