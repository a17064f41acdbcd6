/**
 * The way to Apache Arrow, for those who write encoders. No class of it is in another entry of the package.
 * @packageDocumentation
 */

export { join, pick, slice } from './batch/batch.ts'
export { membersOf, valueReader } from './batch/columns.ts'
export { ipcFile, ipcStream } from './batch/ipc.ts'
export { valueIn } from './batch/own.ts'
export { readIpc } from './batch/read-ipc.ts'
export { fromRecordBatch, toRecordBatch } from './batch/record-batch.ts'
export { TextCodes } from './batch/text-codes.ts'
export { arrowSchema } from './batch/types.ts'
export { schemaOfFields } from './schema/from-fields.ts'
