import { ipcFile } from '@tickets/core/arrow'
import type { Encoder } from './encoder.ts'

/** Arrow IPC files: the columns as they are in memory, enums as plain strings, the footer in the schema's metadata. */
export const arrowEncoder: Encoder = {
  extension: 'arrow',
  encode: async (schema, batches, footer) => ipcFile(schema, batches, footer),
}
