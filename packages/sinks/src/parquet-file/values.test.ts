import { decimal, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { batched, kernels, plain } from '../../test/written.ts'
import { packTable } from '../pack/pack-table.ts'
import { tableOf } from '../pack/table-of.ts'
import { leafColumn, levelsOf } from './levels.ts'
import { leavesOf } from './schema.ts'
import { loadValues, type Values } from './values.ts'

const schema = defineSchema(
  z.object({
    at: instant(),
    text: z.string().nullable(),
    number: z.number().nullable(),
    small: z.int32().nullable(),
    yes: z.boolean().nullable(),
    kind: z.enum(['a', 'b', 'c']).nullable(),
    d4: decimal(9, 2).nullable(),
    d8: decimal(18, 2).nullable(),
    d9: decimal(19, 2).nullable(),
    d16: decimal(38, 0).nullable(),
  }),
  { name: 'v', time: 'at' },
)
const empty = { text: null, number: null, small: null, yes: null, kind: null, d4: null, d8: null, d9: null, d16: null }
const full = { text: 'é', number: -1.5, small: -7, yes: true, kind: 'c' as const, d4: '-1.25', d8: '-1.25', d9: '-1.25', d16: '-258' }
const rows = [full, empty, { ...full, text: 'two', small: 8, yes: false, kind: 'a' as const, d16: '99999999999999999999999999999999999999' }, empty]

/** What a page of one column has, from row `from` on. */
function values(name: string, from = 0, by = kernels): Values & { readonly taken: Buffer } {
  const all = rows.map((row) => ({ at: new Date(0), ...row }))
  const { columns, fields } = tableOf(packTable(schema as never, batched(schema, all, 3) as never))
  const leaf = leavesOf(fields).find(({ path }) => path[0] === name) as never
  const found = loadValues(by, leaf, [{ column: leafColumn(columns, leaf), chosen: levelsOf(columns, leaf, from, rows.length) }])
  const { bytes } = by.memory
  const taken = found.kind === 'fixed' ? bytes.slice(found.at, found.at + found.count * found.width) : new Uint8Array()
  return { ...found, taken: Buffer.from(taken) }
}

test.each([
  ['compiled', kernels],
  ['plain', plain],
])('rows without a value are left out (%s)', (_, by) => {
  expect(values('small', 0, by).taken).toEqual(Buffer.from(Int32Array.of(-7, 8).buffer))
  expect(values('number', 1, by).taken).toEqual(Buffer.from(Float64Array.of(-1.5).buffer))
  const texts = values('text', 0, by)
  if (texts.kind !== 'texts') throw new Error(texts.kind)
  expect([...by.memory.ints(texts.offsets, 3)]).toEqual([0, 2, 5])
  expect(Buffer.from(by.memory.bytes.slice(texts.bytes, texts.bytes + texts.length)).toString()).toBe('étwo')
  expect(values('yes', 0, by)).toMatchObject({ kind: 'bits', count: 2, bits: Uint8Array.of(0b01) })
  expect(values('kind', 0, by)).toMatchObject({ kind: 'codes', count: 2, codes: Int32Array.of(2, 0), members: ['a', 'b', 'c'] })
})

test('decimals are integers of four or eight bytes, and wider ones have the highest byte first', () => {
  expect(values('d4').taken).toEqual(Buffer.from(Int32Array.of(-125, -125).buffer))
  expect(values('d8').taken).toEqual(Buffer.from(BigInt64Array.of(-125n, -125n).buffer))
  expect(values('d9').taken.toString('hex')).toBe('ffffffffffffffff83'.repeat(2))
  expect(values('d16').taken.toString('hex')).toBe(`${'ff'.repeat(14)}fefe4b3b4ca85a86c47a098a223fffffffff`)
})

test('a text that is no UTF-8 is refused with its column', () => {
  const packed = packTable(schema as never, batched(schema, [{ at: new Date(0), ...full }]) as never)
  const { columns, fields } = tableOf(packed)
  ;(columns[1]?.values as Uint8Array)[1] = 0x41
  const leaf = leavesOf(fields)[1] as never
  for (const by of [kernels, plain])
    expect(() => loadValues(by, leaf, [{ column: leafColumn(columns, leaf), chosen: levelsOf(columns, leaf, 0, 1) }])).toThrow(
      'column text has a text that is not valid UTF-8',
    )
  // Texts that are known to be valid are not looked at again.
  const known = columns.map((column) => ({ ...column, isUtf8: true }))
  expect(() => loadValues(kernels, leaf, [{ column: leafColumn(known, leaf), chosen: levelsOf(known, leaf, 0, 1) }])).not.toThrow()
})

test('instants become microseconds exactly, from the first to the last that there are', () => {
  const times = [0, 1, -1, 4_294_967, 4_294_968, -4_294_968, 1_774_747_800_123, 8.64e15, -8.64e15]
  const all = times.map((time) => ({ ...empty, at: new Date(time) }))
  const { columns, fields } = tableOf(packTable(schema as never, batched(schema, all) as never))
  const [leaf] = leavesOf(fields.map((field) => ({ ...field, isMicros: true })))
  if (!leaf) throw new Error('there is a column')
  for (const by of [kernels, plain]) {
    const found = loadValues(by, leaf, [{ column: leafColumn(columns, leaf), chosen: levelsOf(columns, leaf, 0, all.length) }])
    const taken = found.kind === 'fixed' ? by.memory.bytes.slice(found.at, found.at + found.count * 8) : new Uint8Array()
    expect([...new BigInt64Array(taken.buffer)]).toEqual(times.map((time) => BigInt(time) * 1000n))
  }
})
