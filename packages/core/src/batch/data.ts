import { type Data, type Map_, makeData } from 'apache-arrow'
import type { Field } from '../store/field.ts'
import type { ColumnCut } from '../store/stores.ts'
import { arrowType, dictionaryOf } from './arrow-types.ts'

/** Returns the buffers of a column as Arrow data. */
export function dataOf(field: Field, length: number, cut: ColumnCut): Data {
  const { values, offsets: valueOffsets, bits: nullBitmap, nulls: nullCount, children = [] } = cut
  const common = { type: arrowType(field), length, nullCount, nullBitmap }
  const elements = valueOffsets?.[length] ?? 0
  switch (field.kind) {
    case 'struct':
      return makeData({ ...common, children: (field.children ?? []).map((child, i) => dataOf(child, length, children[i] as ColumnCut)) } as never)
    case 'list':
      return makeData({ ...common, valueOffsets, child: dataOf(field.children?.[0] as Field, elements, children[0] as ColumnCut) } as never)
    case 'map': {
      const entries = (common.type as Map_).children[0]
      const [keys, items] = children as readonly [ColumnCut, ColumnCut]
      const key = makeData({
        type: entries?.type.children[0]?.type,
        length: elements,
        nullCount: 0,
        valueOffsets: keys.offsets,
        data: keys.values,
      } as never)
      const child = makeData({
        type: entries?.type,
        length: elements,
        nullCount: 0,
        children: [key, dataOf(field.children?.[0] as Field, elements, items)],
      } as never)
      return makeData({ ...common, valueOffsets, child } as never)
    }
    case 'decimal':
      return makeData({ ...common, data: values && new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4) } as never)
    default:
      return makeData({ ...common, data: values, valueOffsets, dictionary: field.kind === 'enum' ? dictionaryOf(field).values : undefined } as never)
  }
}
