import { Batch, type Field } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { parquetEncoder } from '../../encoders/parquet.ts'
import { readKeys } from '../../lake/formats/parquet.ts'
import type { FileField } from '../../parquet-file/schema.ts'

/** The columns of a file that says which rows of other files are deleted, by their ids (table spec, "Position Delete Files"). */
export const DELETE_COLUMNS = { path: 2147483546, position: 2147483545 } as const

const column = (name: string, kind: Field['kind'], id: number): FileField => ({ name, kind, values: [], optional: false, nullable: false, id })
const columns = [column('file_path', 'string', DELETE_COLUMNS.path), column('pos', 'integer', DELETE_COLUMNS.position)] as const

const schema = schemaOfFields(columns, { name: 'position-deletes', version: 1, keys: [] })
const ROW_GROUP_ROWS = 1 << 20

/** The positions of deleted rows in one data file, ascending. */
export interface FilePositions {
  /** The address of the data file, as its manifest has it. */
  readonly address: string
  readonly positions: Int32Array
}

/** Returns the bytes of a position-delete file; `deleted` is in the order of the addresses. */
export async function positionDeletes(deleted: readonly FilePositions[]): Promise<Uint8Array> {
  const rows = deleted.flatMap(({ address, positions }) => Array.from(positions, (pos) => ({ file_path: address, pos })))
  const encoder = parquetEncoder({
    compression: 'snappy',
    rowGroupRows: ROW_GROUP_ROWS,
    encodings: 'plain',
    encodeWorkers: 0,
    columns: () => columns,
  })
  const parts = await encoder.encode(schema, [Batch.of(schema, rows) as Batch<unknown>], new Map())
  return parts instanceof Uint8Array ? parts : Uint8Array.from(Buffer.concat(parts))
}

/** Reads a position-delete file of any writer: the deleted positions by the addresses of data files. */
export async function readPositionDeletes(bytes: Uint8Array): Promise<Map<string, number[]>> {
  const deleted = new Map<string, number[]>()
  for await (const rows of readKeys(bytes, ['file_path', 'pos'])) {
    const [path, position] = [rows.column('file_path'), rows.column('pos')]
    for (let i = 0; i < rows.length; i++) {
      const address = String(path?.(i))
      const some = deleted.get(address) ?? []
      some.push(Number(position?.(i)))
      deleted.set(address, some)
    }
  }
  return deleted
}
