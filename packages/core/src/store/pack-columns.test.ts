import { expect, test } from 'vitest'
import { columnStore } from './column-store.ts'
import type { Field } from './field.ts'
import { packColumns } from './pack-columns.ts'
import type { ColumnCut } from './stores.ts'

const field = (name: string, more: Partial<Field>): Field => ({ name, kind: 'string', values: [], optional: false, nullable: false, ...more })
const fields = [
  field('text', { nullable: true }),
  field('yes', { kind: 'boolean' }),
  field('whole', { kind: 'integer' }),
  field('list', {
    kind: 'list',
    children: [field('', { kind: 'struct', children: [field('n', { kind: 'number' }), field('t', { optional: true })] })],
  }),
]
const rows = [
  ['a', true, 1, [{ n: 0.5, t: 'x' }]],
  [null, false, -2, []],
  ['é', true, 2 ** 52, [{ n: 1 }, { n: 2, t: '' }]],
]

function columnsOf(count: number): ColumnCut[] {
  return fields.map((one, f) => {
    const store = columnStore(one)
    store.reserve(count)
    for (let i = 0; i < count; i++) expect(store.set(i, rows[i]?.[f])).toBe(true)
    return store.cut(count)
  })
}

const arraysOf = ({ values, offsets, bits, children = [] }: ColumnCut): ArrayBufferView[] =>
  [values, offsets, bits].filter((array) => array != null).concat(children.flatMap(arraysOf) as never)

test.each([0, 1, 3])('%i rows keep all their buffers, in one', (count) => {
  const columns = columnsOf(count)
  const packed = packColumns(columns)
  expect(packed.columns).toEqual(columns)
  const arrays = packed.columns.flatMap(arraysOf)
  expect(arrays).toHaveLength(columns.flatMap(arraysOf).length)
  expect(new Set(arrays.map(({ buffer }) => buffer))).toEqual(new Set([packed.buffer]))
  expect(arrays.filter(({ byteOffset }) => byteOffset % 64 !== 0)).toEqual([])
})

test('arrays do not lie over each other, those beside the columns neither', () => {
  const { columns, others } = packColumns(columnsOf(3), [Int32Array.of(1, 2), Uint8Array.of(3), new Int32Array(0)])
  expect(others).toEqual([Int32Array.of(1, 2), Uint8Array.of(3), new Int32Array(0)])
  const arrays = [...columns.flatMap(arraysOf), ...others].filter(({ byteLength }) => byteLength > 0)
  const sorted = arrays.toSorted((a, b) => a.byteOffset - b.byteOffset)
  for (const [i, { byteOffset }] of sorted.entries())
    expect(byteOffset).toBeGreaterThanOrEqual((sorted[i - 1]?.byteOffset ?? 0) + (sorted[i - 1]?.byteLength ?? 0))
})
