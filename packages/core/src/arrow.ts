/**
 * The way to Apache Arrow, for those who write encoders. No class of it is in another entry of the package.
 * @packageDocumentation
 */

export { arrowSchema } from './batch/arrow-types.ts'
export { join, pick, slice } from './batch/batch.ts'
export { membersOf, valueReader } from './batch/columns.ts'
export { ipcFile, ipcStream } from './batch/ipc.ts'
export { type Comparable, type Comparables, comparablesOf, namesInIpc, readComparables } from './batch/read/comparables.ts'
export { hasNanoseconds, toMicroseconds } from './batch/read/microseconds.ts'
export { readIpc } from './batch/read/read-ipc.ts'
export { fromRecordBatch, toRecordBatch } from './batch/record-batch.ts'
export { schemaOfFields } from './schema/from-fields.ts'
