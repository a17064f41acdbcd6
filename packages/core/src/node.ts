/**
 * What needs Node: the commit log on files, and JSON Lines files as a source.
 * @packageDocumentation
 */
export { commitLog } from './node/commit-log.ts'
export { adviceFor, fault } from './node/faults.ts'
export { codeOf, type Entry, type FileLayer, nodeFiles, unless } from './node/file-layer.ts'
export { makeFolders, removeFolderWithFiles, syncUpwards } from './node/folders.ts'
export { type JsonLinesOptions, jsonLines } from './node/json-lines.ts'
