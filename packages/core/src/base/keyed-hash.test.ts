import { createHash, createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { HASH_DIGITS, keyedHash, sha256Hex } from './keyed-hash.ts'

function hashOf(key: string | Uint8Array, value: Uint8Array): string {
  const out = new Uint8Array(HASH_DIGITS + 4)
  const shifted = new Uint8Array([1, 2, ...value, 3])
  keyedHash(key)(shifted, 2, 2 + value.length, out, 3)
  expect([...out.subarray(0, 3), out.at(-1)]).toEqual([0, 0, 0, 0])
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(out.subarray(3, -1))
}

test("is Node's HMAC-SHA-256 for keys and values of any length", () => {
  for (const keyLength of [16, 31, 64, 65, 200])
    for (const length of [0, 1, 55, 56, 63, 64, 65, 200, 5000]) {
      const [key, value] = [randomBytes(keyLength), randomBytes(length)]
      expect(hashOf(key, value)).toBe(createHmac('sha256', key).update(value).digest('hex'))
    }
})

test('hashes each value anew, and takes a text as its UTF-8', () => {
  const key = 'clé de seize octets'
  const hash = keyedHash(key)
  const out = new Uint8Array(HASH_DIGITS)
  const values = ['a', 'a much longer value than the one before it, of more than one block of sixty-four bytes', 'a', '']
  const hashes = values.map((value) => {
    const bytes = Buffer.from(value)
    hash(bytes, 0, bytes.length, out, 0)
    return Buffer.from(out).toString()
  })
  expect(hashes).toEqual(values.map((value) => createHmac('sha256', key).update(value).digest('hex')))
})

test('a key that its caller overwrites later stays the key', () => {
  const key = randomBytes(32)
  const same = Uint8Array.from(key)
  const hash = keyedHash(key)
  key.fill(0)
  const out = new Uint8Array(HASH_DIGITS)
  hash(Uint8Array.of(1), 0, 1, out, 0)
  expect(Buffer.from(out).toString()).toBe(createHmac('sha256', same).update(Uint8Array.of(1)).digest('hex'))
})

test.each([[''], ['fifteen bytes..'], [new Uint8Array(15)], [undefined], [1234567890123456]])(
  'refuses a short key or none, and does not show it: %j',
  (key) => {
    const made = () => keyedHash(key as string)
    expect(made).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(made).toThrow(expect.not.objectContaining({ message: expect.stringContaining('fifteen') }))
  },
)

test.each([[''], ['ü🙂'], ['x'.repeat(1000)]])('hashes without a key as node:crypto does: %j', (text) => {
  expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
})
