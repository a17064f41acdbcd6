/**
 * What only the sibling packages of `@tickets/*` use. No part of the public interface: it changes without notice.
 * @packageDocumentation
 */

export { deferred } from './base/async.ts'
export { type Clock, systemClock } from './base/clock.ts'
export { type Duration, positiveMillis } from './base/duration.ts'
export { harmless, harmlessLogger } from './base/harmless.ts'
export { closest, nearest, suggestion } from './base/nearest.ts'
export { type BackoffOptions, backoff, jittered, type RetryOptions, retry, settlesWithin } from './base/retry.ts'
export { type ZodDefinition, zodChecks, zodDefinition } from './base/zod-definition.ts'
export { type ColumnReader, columnReaders } from './batch/record-batch.ts'
export { type Attempt, isSweepable, readStaged } from './connectors/staged-entry.ts'
export { checkBatchSchema, type GuardedWriter, WriterGuard } from './connectors/writer-guard.ts'
export { onSignals } from './pipeline/signals.ts'
