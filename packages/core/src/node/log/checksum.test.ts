import { describe, expect, it } from 'vitest'
import { formatOf, prependChecksum, stripChecksum, verifyChecksum, withChecksum } from './checksum.ts'

const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const written = (value: unknown, format?: 1 | 2) => joined(withChecksum(value, format))

const read = (bytes: Uint8Array, newest?: 1 | 2) => verifyChecksum(bytes, 'log/1.json', 'Restore it.', newest)

describe('a JSON file with its checksum', () => {
  const value = { n: 1, text: '\ufeffété 😀', list: [null, 0.1] }

  it('comes back as it was, and is JSON that names its format', () => {
    expect(read(written(value))).toEqual(value)
    expect(JSON.parse(Buffer.from(written(value, 2)).toString())).toMatchObject({ format: 2, record: value })
    expect([formatOf(written(value)), formatOf(written(value, 2)), formatOf(new Uint8Array([1]))]).toEqual([1, 2, 0])
  })

  it('is refused when any byte of it changed', () => {
    const file = written(value)
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice()
      changed[at] = (changed[at] as number) ^ 2
      expect(() => read(changed), `byte ${at}`).toThrow(expect.objectContaining({ code: expect.stringMatching(/^LOG_(DAMAGED|UNUSABLE)$/) }))
    }
  })

  it('is refused when it is torn, at any length', () => {
    const file = written(value)
    for (let length = 0; length < file.length; length++)
      expect(() => read(file.subarray(0, length)), `${length} bytes`).toThrow(/log\/1\.json is damaged.*Restore it/)
  })

  it('is refused when a newer release wrote it', () => {
    expect(() => read(written(value, 2))).toThrow(
      expect.objectContaining({ code: 'LOG_UNUSABLE', message: expect.stringMatching(/format 2.*up to 1/) }),
    )
    expect(read(written(value, 2), 2)).toEqual(value)
  })
})

describe('bytes with their checksum', () => {
  const join = (bytes: Uint8Array) => joined(prependChecksum(bytes))

  it.each([new Uint8Array(), new Uint8Array([0, 10, 255])])('come back as they were', (bytes) => {
    expect(stripChecksum(join(bytes))).toEqual(bytes)
  })

  it('are null when a byte changed or is missing', () => {
    const file = join(new Uint8Array([1, 2, 3]))
    expect(stripChecksum(file.subarray(0, file.length - 1))).toBeNull()
    expect(stripChecksum(new Uint8Array())).toBeNull()
    file[0] = (file[0] as number) ^ 1
    expect(stripChecksum(file)).toBeNull()
  })
})
