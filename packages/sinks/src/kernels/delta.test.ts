import fc from 'fast-check'
import { expect, test } from 'vitest'
import { region, same } from '../../test/kernels.ts'

function encoded(values: readonly bigint[], bits: 32 | 64): Buffer {
  return same((kernels) => {
    const source = bits === 64 ? BigInt64Array.from(values) : Int32Array.from(values, Number)
    const at = kernels.memory.put(new Uint8Array(source.buffer))
    const scratch = kernels.memory.take(1024)
    const target = kernels.memory.take(64 + 11 * (values.length + 128))
    const encode = bits === 64 ? kernels.delta64 : kernels.delta32
    return region(kernels, target, encode(at, values.length, scratch, target))
  })
}

/** Decodes by the specification. */
function decode(bytes: Buffer, bits: number): bigint[] {
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++] as number)
      value |= (byte & 127n) << shift
      if (byte < 128n) return value
    }
  }
  const signed = () => {
    const value = varint()
    return value & 1n ? -((value + 1n) >> 1n) : value >> 1n
  }
  const [block, parts, count] = [Number(varint()), Number(varint()), Number(varint())]
  const out = [signed()]
  while (out.length < count) {
    const least = signed()
    const widths = [...bytes.subarray(at, at + parts)]
    at += parts
    for (const width of widths) {
      expect(width).toBeLessThanOrEqual(bits)
      const size = ((block / parts) * width) / 8
      let word = 0n
      for (let i = size - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i] as number)
      at += size
      for (let i = 0; i < block / parts; i++, word >>= BigInt(width)) {
        const delta = least + (word & ((1n << BigInt(width)) - 1n))
        if (out.length < count) out.push(BigInt.asIntN(bits, (out.at(-1) as bigint) + delta))
      }
    }
  }
  expect(at).toBe(bytes.length)
  return out.slice(0, count)
}

const lengths = { maxLength: 400 }
test.each([32, 64] as const)('integers of %i bits come back, whatever their differences', (bits) => {
  const limit = 2n ** BigInt(bits - 1)
  const wild = fc.bigInt({ min: -limit, max: limit - 1n })
  const near = fc.bigInt({ min: -50n, max: 50n }).map((value) => value + 1000n)
  const edge = fc.constantFrom(-limit, limit - 1n, 0n, -1n)
  fc.assert(
    fc.property(fc.oneof(fc.array(near, lengths), fc.array(fc.oneof(wild, edge), lengths), fc.array(edge, lengths)), (values) => {
      expect(decode(encoded(values, bits), bits)).toEqual(values)
    }),
    { numRuns: 150 },
  )
})

test.each([...Array(65).keys()])('differences of %i bits are packed', (width) => {
  const top = width === 0 ? 0n : (1n << BigInt(width)) - 1n
  const values = Array.from({ length: 130 }, (_, i) => BigInt.asIntN(64, i % 2 ? top : (top / 3n) * BigInt(i % 3)))
  expect(decode(encoded(values, 64), 64)).toEqual(values)
})

test('steady times take two bytes a block of 128, less the head', () => {
  const values = Array.from({ length: 12_801 }, (_, i) => 1_790_000_000_000n + BigInt(i * 10))
  expect(encoded(values, 64).length).toBeLessThan(100 * 5 + 20)
})
