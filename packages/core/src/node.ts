/**
 * What needs Node: the commit log on files, and JSON Lines files as a source.
 * @packageDocumentation
 */

export { commitLog } from './node/commit-log.ts'
export { createIfAbsent } from './node/create.ts'
export { type DecodeElsewhere, type DecodeThreadOptions, decodeElsewhere } from './node/decode/decode-elsewhere.ts'
export { ReadAhead } from './node/decode/read-ahead.ts'
export { adviceFor, fault, isPassing } from './node/faults.ts'
export { codeOf, type Entry, type FileLayer, nodeFiles, unless } from './node/file-layer.ts'
export { makeFolders, removeFolderWithFiles, syncUpwards } from './node/folders.ts'
export { type JsonLinesOptions, jsonLines } from './node/json-lines.ts'
export { removeLeftovers } from './node/leftovers.ts'
export { guardOutput } from './node/output.ts'
export { seal, unseal } from './node/sealed.ts'
export { startThread, threadOptions, threadUrl } from './node/thread.ts'
