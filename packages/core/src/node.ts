/**
 * What needs Node: the commit log on files, and JSON Lines files as a source.
 * @packageDocumentation
 */

export type { DecodeThreadOptions } from './node/decode/shared-thread.ts'
export { codeOf, type Entry, type FileLayer, nodeFiles, unless } from './node/files/file-layer.ts'
export { type JsonLinesOptions, jsonLines } from './node/json-lines/json-lines.ts'
export { commitLog } from './node/log/commit-log.ts'
export { guardOutput } from './node/output.ts'
