import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { layOut, plansOfBatches, refuseTooLarge } from './layout.ts'

test('buffers go one behind the other at multiples of 64 bytes, with room behind each', () => {
  const plan = (...sizes: number[]) => ({ sizes }) as never
  expect(layOut([plan(0, 8), plan(61), plan(60)])).toEqual({
    buffers: [
      { at: 0, bytes: 0 },
      { at: 64, bytes: 8 },
      { at: 128, bytes: 61 },
      { at: 256, bytes: 60 },
    ],
    length: 320,
  })
})

test('enums are packed with room for their texts, or as codes', () => {
  const sizes = (enumsAs: 'texts' | 'codes') =>
    plansOfBatches(Every as never, [Batch.of(Every, [plain, plain])] as never, enumsAs).find(({ field }) => field.name === 'kind')?.sizes
  expect(sizes('texts')).toEqual([0, 12, 6])
  expect(sizes('codes')).toEqual([0, 2])
})

test('more than a gigabyte is refused with what to do', () => {
  expect(() => refuseTooLarge(5, 2 ** 30)).not.toThrow()
  expect(() => refuseTooLarge(5, 2 ** 30 + 1)).toThrow(
    expect.objectContaining({ code: 'ENCODER_FAILED', message: expect.stringContaining('maxRowsPerFile') }),
  )
})
