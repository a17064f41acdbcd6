import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadKernel } from '../../schema/kernel/kernel.ts'
import { columnStore } from '../../store/column-store.ts'
import { GivenTexts } from '../../store/given-codes.ts'
import type { NumberedTexts } from './messages.ts'
import { kernelNumbering, TextNumbers, twinNumbering } from './text-numbers.ts'

const store = columnStore({ name: 'c', kind: 'string', values: [], optional: false, nullable: true })

function columnOf(values: readonly (string | null)[]) {
  store.reserve(values.length)
  for (const [i, value] of values.entries()) store.set(i, value)
  return store.cut(values.length)
}

/** The texts of the rows by what was said of them. */
function read(texts: GivenTexts, { numbers, ends, bytes }: NumberedTexts): (string | null)[] {
  texts.append(ends, bytes)
  return [...numbers].map((n) => (n < 0 ? null : Buffer.from(texts.bytes.subarray(texts.ends[n], texts.ends[n + 1])).toString()))
}

const kernel = loadKernel()
const ways = { TypeScript: twinNumbering, ...(kernel && { 'a kernel': () => kernelNumbering(kernel) }) }

describe.each(Object.entries(ways))('by %s', (_, begin) => {
  test('texts have their numbers from piece to piece, and only new ones are sent', () => {
    const numbers = new TextNumbers(begin)
    const texts = new GivenTexts()
    const pieces = [['a', null, 'été', 'a'], [], ['', 'a', 'b', ''], [null, null]]
    const sent = pieces.map((values) => {
      const [numbered] = numbers.number([columnOf([]), columnOf(values)], values.length, [1])
      if (!numbered) expect.fail('the column is numbered')
      expect(read(texts, numbered)).toEqual(values)
      return [numbered.column, numbered.first, numbered.ends.length - 1]
    })
    expect(sent).toEqual([
      [1, 0, 2],
      [1, 2, 0],
      [1, 2, 2],
      [1, 4, 0],
    ])
  })

  test('a column that nobody asks for is forgotten: its numbers begin anew', () => {
    const numbers = new TextNumbers(begin)
    const piece = [columnOf(['a', 'b'])]
    expect(numbers.number(piece, 2, [])).toEqual([])
    expect(numbers.number(piece, 2, [0])[0]?.ends).toHaveLength(3)
    expect(numbers.number(piece, 2, [0])[0]?.ends).toHaveLength(1)
    numbers.number(piece, 2, [])
    expect(numbers.number(piece, 2, [0])[0]).toMatchObject({ first: 0, numbers: Int32Array.of(0, 1), ends: Int32Array.of(0, 1, 2) })
  })

  test('numbers begin anew where there are too many, and a piece with too many has none', () => {
    const numbers = new TextNumbers(begin)
    const unique = (count: number, from: number) => columnOf(Array.from({ length: count }, (_, i) => `id ${from + i}`))
    expect(numbers.number([unique(40_000, 0)], 40_000, [0])[0]?.first).toBe(0)
    const [second] = numbers.number([unique(40_000, 40_000)], 40_000, [0])
    expect([second?.first, second?.numbers[0], second?.ends.length]).toEqual([0, 0, 40_001])
    expect(numbers.number([unique(70_000, 0)], 70_000, [0])).toEqual([])
  })
})

test('the kernel gives what TypeScript gives', () => {
  if (!kernel) expect.fail('this engine runs kernels')
  const text = fc.option(fc.oneof(fc.constantFrom('', 'a', 'b', 'sixteen_bytes___'), fc.string({ unit: 'binary', maxLength: 20 })), { freq: 3 })
  fc.assert(
    fc.property(fc.array(fc.array(text, { maxLength: 60 }), { minLength: 1, maxLength: 6 }), (pieces) => {
      const [one, other] = [kernelNumbering(kernel), twinNumbering()]
      const { top } = kernel.memory
      for (const values of pieces) {
        expect(one(columnOf(values), values.length)).toEqual(other(columnOf(values), values.length))
        expect(kernel.memory.top).toBe(top)
      }
    }),
  )
})
