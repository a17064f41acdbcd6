import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putInts, putTexts, region, same } from '../../test/kernels.ts'

test.each([4, 8, 16])('values of %i bytes of some rows are put end to end', (width) => {
  const picked = fc
    .integer({ min: 1, max: 60 })
    .chain((count) =>
      fc.record({ values: fc.uint8Array({ minLength: count * width, maxLength: count * width }), rows: fc.subarray([...Array(count).keys()]) }),
    )
  fc.assert(
    fc.property(picked, ({ values, rows }) => {
      const found = same((kernels) => {
        const at = kernels.memory.put(values)
        const list = putInts(kernels, rows)
        const target = kernels.memory.take(width * rows.length)
        kernels.takeFixed(at, width, list, rows.length, target)
        return region(kernels, target, width * rows.length)
      })
      expect(found).toEqual(Buffer.concat(rows.map((row) => values.subarray(row * width, (row + 1) * width))))
    }),
  )
})

const anyText = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 250, maxLength: 600 }))

test('the texts of some rows are put end to end, with offsets from 0', () => {
  const picked = fc.array(anyText, { minLength: 1, maxLength: 40 }).chain((texts) => fc.subarray([...texts.keys()]).map((rows) => ({ texts, rows })))
  fc.assert(
    fc.property(picked, fc.nat(9), ({ texts, rows }, first) => {
      const found = same((kernels) => {
        const { offsets, bytes } = putTexts(kernels, texts, first)
        const at = putInts(kernels, rows)
        const ends = kernels.memory.take(4 * (rows.length + 1))
        const target = kernels.memory.take(700 * (rows.length + 1))
        const length = kernels.takeTexts(offsets, bytes, at, rows.length, ends, target)
        return { ends: [...kernels.memory.ints(ends, rows.length + 1)], bytes: region(kernels, target, length) }
      })
      const chosen = rows.map((row) => texts[row] as Uint8Array)
      let end = 0
      expect(found).toEqual({ ends: [0, ...chosen.map(({ length }) => (end += length))], bytes: Buffer.concat(chosen) })
    }),
  )
})
