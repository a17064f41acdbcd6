import { expect, test } from 'vitest'
import { BOOLEAN, DECIMAL_128, DOUBLE, FIELD_BYTES, LIST, OFFSETS, ROOM, TEXT, VALID, VALUES } from '../../../assembly/field-block.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { bytesFor, layColumns, viewColumns } from './column-blocks.ts'
import type { KernelColumn } from './plan-block.ts'

const memory = new KernelMemory({ buffer: new ArrayBuffer(1 << 16), grow: () => expect.fail('there is room') }, 0)
const column = (kind: number, mayBeNull = false, children: readonly KernelColumn[] = []): KernelColumn => ({
  at: memory.take(FIELD_BYTES),
  kind,
  mayBeNull,
  children,
})
const room = { rows: 10, bytes: 100, elements: 20 }
const read = ({ at }: KernelColumn, offset: number) => memory.view.getInt32(at + offset, true)

test('a column takes what its kind does, elements by their own number', () => {
  const sizes = [column(TEXT), column(BOOLEAN, true), column(DOUBLE), column(DECIMAL_128), column(LIST, false, [column(DOUBLE, true)])]
  expect(sizes.map((one) => bytesFor([one], room))).toEqual([144, 4, 80, 160, 44 + 160 + 3])
})

test('the columns have regions of their own, and are seen as views', () => {
  const list = column(LIST, true, [column(TEXT)])
  const yes = column(BOOLEAN)
  layColumns(memory, [list, yes], room)
  const [element] = list.children as [KernelColumn]
  expect([read(list, VALUES), read(list, ROOM)]).toEqual([0, 20])
  memory.ints(read(list, OFFSETS), 4).set([0, 2, 2, 9])
  memory.ints(read(element, OFFSETS), 3).set([0, 1, 4])
  memory.bytes.set(Buffer.from('abcd'), read(element, VALUES))
  // Bits behind the last row are of rows that were given up.
  memory.bytes[read(list, VALID)] = 0b101
  memory.bytes[read(yes, VALUES)] = 0b111
  const views = viewColumns(memory, [list, yes], 2)
  expect(views).toEqual([
    {
      offsets: Int32Array.of(0, 2, 2),
      bits: Uint8Array.of(0b01),
      nulls: 1,
      children: [{ values: new Uint8Array(Buffer.from('abcd')), offsets: Int32Array.of(0, 1, 4), bits: null, nulls: 0 }],
    },
    { values: Uint8Array.of(0b11), bits: null, nulls: 0 },
  ])
  expect(views[1]?.values?.buffer).toBe(memory.bytes.buffer)
})
