import { expect, test } from 'vitest'
import { LENGTH, NEXT } from '../../../assembly/field-block.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { sequencesOf } from '../fast-decoder/sequence.ts'
import { putLiteral, putNames, putSequence } from './tables.ts'

function memoryOf() {
  let buffer = new ArrayBuffer(64)
  return new KernelMemory(
    {
      get buffer() {
        return buffer
      },
      grow(bytes) {
        const grown = new Uint8Array(bytes)
        grown.set(new Uint8Array(buffer))
        buffer = grown.buffer
      },
    },
    0,
  )
}

test('a literal is pairs of 16 bytes and of those that select them', () => {
  const memory = memoryOf()
  const { at, length } = putLiteral(memory, '"0123456789abcdef"')
  const [text, which, rest, whichRest] = [0, 16, 32, 48].map((from) => Buffer.from(memory.bytes.subarray(at + from, at + from + 16)))
  expect([length, text?.toString(), which?.every((byte) => byte === 0xff)]).toEqual([18, '"0123456789abcde', true])
  expect([rest?.subarray(0, 2).toString(), [...(whichRest ?? [])].filter((byte) => byte !== 0)]).toEqual(['f"', [0xff, 0xff]])
})

test('names have twice as many free slots, and one that JSON escapes has no length', () => {
  const memory = memoryOf()
  const at = putNames(memory, ['abc', 'a"b', 'é'])
  const [slots = 0, mask = 0, literals = 0, count, longest] = memory.ints(at, 5)
  expect([mask, count, longest]).toEqual([7, 3, 5])
  expect([...memory.ints(slots, 8)]).toEqual(Array(8).fill(-1))
  expect([0, 1, 2].map((i) => memory.ints(literals + 12 * i, 2)[1])).toEqual([5, 0, 4])
})

test('fixed forms are tried one after the other, without one that no text has', () => {
  const memory = memoryOf()
  const [long, short] = [/^CLIENT_\d{4}[A-F]{8}$/, /^[a-z]{5}$/].map((pattern) => sequencesOf(pattern)[0])
  if (!long || !short) expect.fail('both are fixed forms')
  const last = putSequence(memory, short, 0)
  const first = putSequence(memory, long, last)
  const never = putSequence(memory, { ...long, positions: long.positions.map((ranges, i) => (i === 3 ? [] : ranges)) }, first)
  const read = (at: number, offset: number) => memory.view.getInt32(at + offset, true)
  expect([read(first, LENGTH), read(first, NEXT), read(last, LENGTH), read(last, NEXT), never]).toEqual([19, last, 5, 0, first])
})
