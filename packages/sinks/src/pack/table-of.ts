import type { Field } from '@tickets/core'
import { type Column, codesIn, type Table } from './column.ts'
import type { ColumnSlot, PackedTable } from './pack-table.ts'

const noBytes = new Uint8Array()
const noOffsets = Int32Array.of(0)
const noCodes = new Int8Array()

/** Returns the columns of a packed table as views of its buffer. */
export function tableOf({ buffer, rows, fields, slots }: PackedTable): Table {
  let next = 0
  const bytes = (slot: ColumnSlot, i: number) => {
    const { at = 0, bytes: length = 0 } = slot.buffers[i] ?? {}
    return new Uint8Array(buffer, at, length)
  }
  const offsets = (slot: ColumnSlot) => new Int32Array(buffer, slot.buffers[1]?.at, slot.rows + 1)
  const columnOf = (field: Pick<Field, 'kind' | 'children'>): Column => {
    const slot = slots[next++] as ColumnSlot
    const column: Column = {
      rows: slot.rows,
      bits: slot.nulls > 0 ? bytes(slot, 0) : null,
      offsets: noOffsets,
      values: noBytes,
      isUtf8: slot.isUtf8,
      codes: noCodes,
      members: slot.members,
      children: [],
    }
    const { children = [] } = field
    switch (field.kind) {
      case 'string':
      case 'json':
      case 'bytes':
        return { ...column, offsets: offsets(slot), values: bytes(slot, 2) }
      case 'enum':
        return { ...column, codes: codesIn(buffer, slot.buffers[1]?.at ?? 0, slot.rows, slot.width) }
      case 'struct':
        return { ...column, children: children.map(columnOf) }
      case 'list':
        return { ...column, offsets: offsets(slot), children: children.map(columnOf) }
      case 'map':
        // Between a map and its keys and values lies a struct.
        next++
        return { ...column, offsets: offsets(slot), children: [columnOf({ kind: 'string' }), ...children.map(columnOf)] }
      default:
        return { ...column, values: bytes(slot, 1) }
    }
  }
  return { fields, columns: rows === 0 ? [] : fields.map(columnOf), rows }
}
