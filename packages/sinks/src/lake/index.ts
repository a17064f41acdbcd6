/**
 * What is in a dataset's folder, and how it is kept in good order: exact lists of files, compaction, inspection, versions.
 * @packageDocumentation
 */
export { type Compaction, type CompactOptions, compact } from './compact.ts'
export { type FilesOptions, files } from './files.ts'
