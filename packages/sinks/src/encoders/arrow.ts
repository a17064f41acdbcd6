import type { Batch, Schema } from '@tickets/core'
import { ipcFile } from '@tickets/core/arrow'
import type { Encoder } from './encoder.ts'

/** Returns an Arrow IPC file: the columns as they are in memory, enums as plain strings, the footer in the schema's metadata. */
export async function arrowFile(
  schema: Schema<unknown>,
  batches: readonly Batch<unknown>[],
  footer: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  return ipcFile(schema, batches, footer)
}

export const arrowEncoder: Encoder = { extension: 'arrow', encode: arrowFile }
