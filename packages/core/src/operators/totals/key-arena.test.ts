import { expect, test } from 'vitest'
import { KeyArena } from './key-arena.ts'

const keyOf = (length: number, byte: number) => new Uint8Array(length).fill(byte)

test('gives keys of each length back, over several chunks', () => {
  const arena = new KeyArena()
  const lengths = [0, 1, 127, 128, 5_000, 3_000_000, 3_000_000, 200, 4_194_000, 300]
  const addresses = lengths.map((length, i) => arena.add(keyOf(length, i), length))
  for (const [i, address] of addresses.entries()) {
    const key = keyOf(lengths[i] as number, i)
    expect(Buffer.compare(arena.get(address), key)).toBe(0)
    expect(arena.isAt(address, key, key.length)).toBe(true)
    expect(arena.isAt(address, keyOf(key.length, 99), key.length)).toBe(key.length === 0)
    expect(arena.isAt(address, keyOf(key.length + 1, i), key.length + 1)).toBe(false)
  }
  expect(arena.bytes).toBeGreaterThan(2 * 2 ** 22)
})

test('begins small, knows when most of it is gaps, and refuses a key that no chunk holds', () => {
  const arena = new KeyArena()
  expect(arena.bytes).toBe(1024)
  const addresses = Array.from({ length: 5 }, () => arena.add(keyOf(2_000_000, 1), 2_000_000))
  for (const address of addresses.slice(0, 2)) arena.forget(address)
  expect(arena.isSparse).toBe(false)
  for (const address of addresses.slice(2)) arena.forget(address)
  expect(arena.isSparse).toBe(true)
  expect(() => arena.add(keyOf(2 ** 22, 1), 2 ** 22)).toThrow(expect.objectContaining({ code: 'STATE_LIMIT' }))
})
