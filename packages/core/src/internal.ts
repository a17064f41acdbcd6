/**
 * What only the sibling packages of `@tickets/*` use. No part of the public interface: it changes without notice.
 * @packageDocumentation
 */

export { deferred } from './base/async.ts'
export { type Clock, systemClock } from './base/clock.ts'
export { type Duration, positiveMillis } from './base/duration.ts'
export { harmless, harmlessLogger } from './base/harmless.ts'
export { closest, nearest, suggestion } from './base/nearest.ts'
export { valueIn } from './base/own-names.ts'
export { type BackoffOptions, backoff, jittered, type RetryOptions, retry, settlesWithin } from './base/retry.ts'
export { type ZodDefinition, zodChecks, zodDefinition } from './base/zod-definition.ts'
export { type ColumnReader, columnReaders } from './batch/record-batch.ts'
export { elementsOf } from './batch/take.ts'
export { TextCodes } from './batch/text-codes.ts'
export { type Attempt, isSweepable, readStaged } from './connectors/staged-entry.ts'
export { checkBatchSchema, type GuardedWriter, WriterGuard } from './connectors/writer-guard.ts'
export { ReadAhead } from './node/decode/read-ahead.ts'
export { type WorkerDecoder, workerDecoder } from './node/decode/worker-decoder.ts'
export { adviceFor, fileError, isPassing } from './node/files/file-errors.ts'
export { makeFolders, removeFolderWithFiles, syncUpwards } from './node/files/folders.ts'
export { preflight } from './node/files/preflight.ts'
export { verifyChecksum, withChecksum } from './node/log/checksum.ts'
export { createIfAbsent } from './node/log/create.ts'
export { removeLeftovers } from './node/log/leftovers.ts'
export { startThread, threadOptions, threadUrl } from './node/thread.ts'
export { onSignals } from './pipeline/signals.ts'
export { base64Of } from './values/json-text.ts'
