/**
 * What needs Node: the commit log on files, and JSON Lines files as a source.
 * @packageDocumentation
 */

export { ReadAhead } from './node/decode/read-ahead.ts'
export { type DecodeThreadOptions, type WorkerDecoder, workerDecoder } from './node/decode/worker-decoder.ts'
export { adviceFor, fileError, isPassing } from './node/files/file-errors.ts'
export { codeOf, type Entry, type FileLayer, nodeFiles, unless } from './node/files/file-layer.ts'
export { makeFolders, removeFolderWithFiles, syncUpwards } from './node/files/folders.ts'
export { preflight } from './node/files/preflight.ts'
export { type JsonLinesOptions, jsonLines } from './node/json-lines/json-lines.ts'
export { verifyChecksum, withChecksum } from './node/log/checksum.ts'
export { commitLog } from './node/log/commit-log.ts'
export { createIfAbsent } from './node/log/create.ts'
export { removeLeftovers } from './node/log/leftovers.ts'
export { guardOutput } from './node/output.ts'
export { startThread, threadOptions, threadUrl } from './node/thread.ts'
