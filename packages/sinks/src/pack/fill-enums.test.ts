import { expect, test } from 'vitest'
import { fillEnum } from './fill-enums.ts'

function filled(members: readonly string[], codes: readonly number[], width: 1 | 2 | 4, bits?: number) {
  const rows = codes.length
  const ipc = new ArrayBuffer(512)
  const at = 4 * (rows + 1) - width * rows
  const array = width === 1 ? new Int8Array(ipc, at, rows) : width === 2 ? new Int16Array(ipc, at, rows) : new Int32Array(ipc, at, rows)
  array.set(codes)
  if (bits !== undefined) new Uint8Array(ipc)[500] = bits
  fillEnum(ipc, { name: 'x', rows, bits: bits === undefined ? -1 : 500, offsets: 0, bytes: 128, width, members })
  const offsets = [...new Int32Array(ipc, 0, rows + 1)]
  return codes.map((_, i) => Buffer.from(ipc, 128 + (offsets[i] as number), (offsets[i + 1] as number) - (offsets[i] as number)).toString())
}

test.each([1, 2, 4] as const)('codes of %i bytes become texts of any length', (width) => {
  const members = ['', 'a', 'four', 'longer than four', 'ü😀']
  const codes = [4, 0, 3, 1, 2, 2]
  expect(filled(members, codes, width)).toEqual(codes.map((code) => members[code]))
})

test('rows without a value have an empty text', () => {
  expect(filled(['a', 'b'], [0, 1, 1], 1, 0b101)).toEqual(['a', '', 'b'])
})
