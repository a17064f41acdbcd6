import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { frameEnd, isFrame } from './zstd-frames.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zstd-frames-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function endIn(bytes: Uint8Array, start: number) {
  const path = join(folder, 'a.zst')
  await writeFile(path, bytes)
  const handle = await open(path)
  return frameEnd(handle, start).finally(() => handle.close())
}

const { ZSTD_c_checksumFlag: checksum, ZSTD_c_contentSizeFlag: size } = constants
/** Texts whose blocks are raw, of one repeated byte, compressed, and several. */
const contents: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['a few bytes', Buffer.from('{}\n')],
  ['one byte again and again', Buffer.alloc(500_000, 'a')],
  ['text', Buffer.from('{"a":1}\n'.repeat(1000))],
  ['noise over several blocks', Buffer.from(Array.from({ length: 400_000 }, (_, i) => Math.imul(i * i, 2_654_435_761) >>> 24))],
]
const forms: readonly (readonly [string, Record<number, number>])[] = [
  ['as it is by default', {}],
  ['with a checksum', { [checksum]: 1 }],
  ['without its size', { [size]: 0 }],
  ['without its size, with a checksum', { [size]: 0, [checksum]: 1 }],
]

describe.each(forms)('finds the end of a frame %s', (_, params) => {
  it.each(contents)('of %s, whatever stands before and behind it', async (_, content) => {
    const frame = zstdCompressSync(content, { params })
    const around = Buffer.from('{"a":1}\n')
    expect(await endIn(Buffer.concat([around, frame, around]), around.length)).toEqual({ end: around.length + frame.length, isSkippable: false })
  })
})

it('finds the end of a skippable frame, whatever its number, also beyond the end of the file', async () => {
  for (const number of [0x50, 0x5f]) {
    const frame = Buffer.from([number, 0x2a, 0x4d, 0x18, 3, 1, 0, 0])
    expect(await endIn(frame, 0)).toEqual({ end: 8 + 259, isSkippable: true })
  }
})

it('refuses what is no frame, or is cut off before its last block', async () => {
  const frame = zstdCompressSync(contents.at(-1)?.[1] as Buffer)
  await expect(endIn(Buffer.from('{"a":1}\n{"a":2}\n'), 0)).rejects.toThrow('no frame begins at byte 0')
  for (const length of [0, 3, 5, 10, 200_000]) await expect(endIn(frame.subarray(0, length), 0)).rejects.toThrow()
  // The caller sees that the file ends before.
  expect((await endIn(frame.subarray(0, frame.length - 8), 0)).end).toBe(frame.length)
})

it('knows how a frame begins', () => {
  expect(isFrame(zstdCompressSync(Buffer.from('a')))).toBe(true)
  expect(isFrame(Buffer.from([0x5f, 0x2a, 0x4d, 0x18]))).toBe(true)
  for (const other of [[], [0x28, 0xb5, 0x2f], [0x60, 0x2a, 0x4d, 0x18], [0x7b, 0x22, 0x61, 0x22]]) expect(isFrame(Buffer.from(other))).toBe(false)
})
