/**
 * What needs Node: the commit log on files, and JSON Lines files as a source.
 * @packageDocumentation
 */

export { ReadAhead } from './node/decode/read-ahead.ts'
export { type DecodeElsewhere, type DecodeThreadOptions, decodeElsewhere } from './node/decode/worker-decoder.ts'
export { adviceFor, fault, isPassing } from './node/files/file-errors.ts'
export { codeOf, type Entry, type FileLayer, nodeFiles, unless } from './node/files/file-layer.ts'
export { makeFolders, removeFolderWithFiles, syncUpwards } from './node/files/folders.ts'
export { type JsonLinesOptions, jsonLines } from './node/json-lines/json-lines.ts'
export { seal, unseal } from './node/log/checksum.ts'
export { commitLog } from './node/log/commit-log.ts'
export { createIfAbsent } from './node/log/create.ts'
export { removeLeftovers } from './node/log/leftovers.ts'
export { guardOutput } from './node/output.ts'
export { startThread, threadOptions, threadUrl } from './node/thread.ts'
