import { expect, test } from 'vitest'
import { columnStore } from './column-store.ts'
import type { Field } from './field.ts'
import { packArrays } from './pack-arrays.ts'
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

const arraysOf = (value: unknown): ArrayBufferView[] =>
  ArrayBuffer.isView(value) ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(arraysOf) : []

test.each([0, 1, 3])('columns of %i rows keep all their arrays, in one buffer', (count) => {
  const columns = columnsOf(count)
  const packed = packArrays(columns)
  expect(packed.value).toEqual(columns)
  const arrays = arraysOf(packed.value)
  expect(arrays).toHaveLength(arraysOf(columns).length)
  expect(new Set(arrays.map(({ buffer }) => buffer))).toEqual(new Set([packed.buffer]))
  expect(arrays.filter(({ byteOffset }) => byteOffset % 64 !== 0)).toEqual([])
})

test('other data stays as it is, and arrays do not lie over each other', () => {
  const data = {
    a: [Int32Array.of(1, 2), { b: Float64Array.of(0.5), c: 'text', d: null, e: undefined, f: true }],
    g: new Uint8Array(0),
    h: BigInt64Array.of(1n),
  }
  const { value } = packArrays({ ...data, columns: columnsOf(3) })
  expect(value).toEqual({ ...data, columns: columnsOf(3) })
  const sorted = arraysOf(value)
    .filter(({ byteLength }) => byteLength > 0)
    .toSorted((a, b) => a.byteOffset - b.byteOffset)
  for (const [i, { byteOffset }] of sorted.entries())
    expect(byteOffset).toBeGreaterThanOrEqual((sorted[i - 1]?.byteOffset ?? 0) + (sorted[i - 1]?.byteLength ?? 0))
})
