import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { readFooter, type Struct } from '../../test/thrift.ts'
import { batched, written } from '../../test/written.ts'

const rows = [plain, sparse, { ...plain, text: 'x'.repeat(100) }]
const structs = (value: unknown) => value as readonly Struct[]
const columnOf = (group: Struct, name: string) => {
  const found = structs(group[1]).find((one) => String(((one[3] as Struct)[3] as readonly Buffer[])[0]) === name)
  return { chunk: found as Struct, meta: found?.[3] as Struct }
}

test('the footer counts rows, and has the writer, the metadata and the order of each column', () => {
  const footer = readFooter(written(Every, batched(Every, rows), { rowGroupRows: 2 }))
  expect([footer[1], footer[3], String(footer[6])]).toEqual([1, 3, 'tickets version 1.0.0 (build 1)'])
  expect(footer[5]).toEqual([{ 1: Buffer.from('tickets'), 2: Buffer.from('{}') }])
  expect(footer[7]).toEqual(Every.fields.map(() => ({ 1: {} })))
  expect(structs(footer[4]).map((group) => [group[3], group[7]])).toEqual([
    [2, 0],
    [1, 1],
  ])
})

test('a column says its type, encodings, codec, sizes, and where its pages are', () => {
  const file = written(Every, batched(Every, rows))
  const [group] = structs(readFooter(file)[4]) as [Struct]
  const { chunk, meta } = columnOf(group, 'kind')
  expect(meta).toMatchObject({ 1: 6, 2: [0, 3, 8], 4: 1, 5: 3 })
  expect((meta[9] as number) - (meta[11] as number)).toBeGreaterThan(0)
  const total = structs(group[1]).reduce((sum, one) => sum + ((one[3] as Struct)[7] as number), 0)
  expect([group[6], group[5]]).toEqual([total, 4])
  expect(chunk[4]).toBeGreaterThan(4 + total - 1)
  expect(chunk[6]).toBeGreaterThan(4 + total - 1)
})

test('statistics have nulls and extremes, and say where a text was cut', () => {
  const [group] = structs(readFooter(written(Every, batched(Every, rows)))[4]) as [Struct]
  const text = columnOf(group, 'text').meta[12] as Struct
  expect(text).toEqual({ 3: 0, 5: Buffer.from('ça va? 你好 👩‍🚀'), 6: Buffer.from(''), 7: true, 8: true })
  expect(columnOf(group, 'wholeOrNull').meta[12]).toMatchObject({ 3: 1 })
  const long = [{ ...plain, text: 'é'.repeat(100) }]
  const [cut] = structs(readFooter(written(Every, batched(Every, long)))[4]) as [Struct]
  expect(columnOf(cut, 'text').meta[12]).toEqual({ 3: 0, 5: Buffer.from(`${'é'.repeat(31)}ê`), 6: Buffer.from('é'.repeat(32)), 7: false, 8: false })
  const [none] = structs(readFooter(written(Every, batched(Every, [sparse])))[4]) as [Struct]
  expect(columnOf(none, 'wholeOrNull').meta[12]).toEqual({ 3: 1 })
})
