import { type FileHandle, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { line, readRows } from './rows.fixture.ts'
import { unpacked } from './unpack.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unpack-'))
  path = join(folder, 'rows')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** Unpacking leaves the position at the end of what it wrote. */
async function textOf(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat()
  return (await handle.read(Buffer.alloc(size), 0, size, 0)).buffer.toString()
}

/** Returns what a file of these bytes holds. */
async function contentOf(bytes: Uint8Array | string): Promise<string> {
  await writeFile(path, bytes)
  const handle = await open(path)
  try {
    const plain = await unpacked(path, handle)
    const text = await textOf(plain)
    if (plain !== handle) await plain.close()
    return text
  } finally {
    await handle.close()
  }
}

const [one, two] = ['{"a":1}\n', '{"b":2}\n']
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
const large = Array.from({ length: 200_000 }, (_, i) => Math.imul(i, 2_654_435_761)).join('\n')
const [gz, zs] = [gzipSync, zstdCompressSync].map((pack) => (text: string) => pack(Buffer.from(text))) as [
  (text: string) => Buffer,
  (text: string) => Buffer,
]

describe('a file is read as what it holds', () => {
  it.each([
    ['plain text', Buffer.from(one), one],
    ['an empty file', Buffer.alloc(0), ''],
    ['text shorter than any magic number', Buffer.from('{'), '{'],
    ['gzip', gz(one), one],
    ['gzip of nothing', gz(''), ''],
    ['gzip of two members, as after `>>`', Buffer.concat([gz(one), gz(two)]), one + two],
    ['gzip with zeros behind it', Buffer.concat([gz(one), Buffer.alloc(100_000)]), one],
    ['gzip of megabytes, twice', Buffer.concat([gz(large), gz(large)]), large + large],
    ['zstd', zs(one), one],
    ['zstd of two frames', Buffer.concat([zs(one), zs(two)]), one + two],
    ['zstd of megabytes, twice', Buffer.concat([zs(large), zs(large)]), large + large],
    ['zstd with a skippable frame between', Buffer.concat([zs(one), skippable, zs(two)]), one + two],
    ['zstd that begins with a skippable frame, as of pzstd', Buffer.concat([skippable, zs(one)]), one],
  ])('%s', async (_, bytes, text) => {
    expect(await contentOf(bytes)).toBe(text)
  })
})

it('gives a plain file as it is, and closes no handle of the caller', async () => {
  await writeFile(path, one)
  const handle = await open(path)
  expect(await unpacked(path, handle)).toBe(handle)
  await writeFile(path, gz(one))
  const plain = await unpacked(path, handle)
  expect(plain).not.toBe(handle)
  expect((await handle.stat()).size).toBe(gz(one).length)
  await Promise.all([plain.close(), handle.close()])
})

describe('a damaged file is refused whole, rather than read in part', () => {
  const cut = (bytes: Buffer, by: number) => bytes.subarray(0, bytes.length - by)
  it.each([
    ['gzip that is cut off', cut(gz(one), 10)],
    ['gzip whose second member is cut off', Buffer.concat([gz(one), cut(gz(two), 5)])],
    ['gzip followed by text', Buffer.concat([gz(one), Buffer.from(two)])],
    ['gzip with zeros between its members, behind which Node stops', Buffer.concat([gz(one), Buffer.alloc(100_000), gz(two)])],
    ['zstd that is cut off in its checksum', cut(zs(one), 2)],
    ['zstd that is cut off in a block', cut(zs(large), 1000)],
    ['zstd whose second frame is cut off in its header', Buffer.concat([zs(one), zs(two).subarray(0, 5)])],
    ['zstd followed by text', Buffer.concat([zs(one), Buffer.from(two)])],
    ['zstd whose skippable frame is cut off', Buffer.concat([zs(one), cut(skippable, 2)])],
  ])('%s', async (_, bytes) => {
    await expect(contentOf(bytes)).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('not whole yet') })
  })
})

it.each([
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['bzip2', 'BZh9'],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['zip', 'PK\u0003\u0004....'],
  ['Parquet', 'PAR1....'],
])('a file of %s is refused by name', async (name, magic) => {
  await expect(contentOf(typeof magic === 'string' ? magic : Buffer.from(magic))).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
    message: expect.stringContaining(`is a ${name} file`),
  })
})

it('unpacks the file that was opened, though another one has its path by now', async () => {
  await writeFile(path, gz(one))
  const handle = await open(path)
  await rm(path)
  await writeFile(path, gz(two))
  const plain = await unpacked(path, handle)
  expect(await textOf(plain)).toBe(one)
  await Promise.all([plain.close(), handle.close()])
})

it('leaves nothing in the temporary folder, neither when it succeeds nor when it fails', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'unpack-tmp-'))
  vi.stubEnv('TMPDIR', temporary)
  expect(await contentOf(gz(one))).toBe(one)
  await expect(contentOf(gz(one).subarray(0, 12))).rejects.toThrow()
  expect(await readdir(temporary)).toEqual([])
  await rm(temporary, { recursive: true })
  await expect(contentOf(gz(one))).rejects.toMatchObject({ code: 'ENOENT' })
})

describe('as a source', () => {
  const texts = Array.from({ length: 40 }, (_, i) => `row ${i} é`)
  const plain = texts.map((text) => `${line(text)}\n`).join('')

  it.each([
    ['gzip', gz],
    ['zstd', zs],
  ])('%s has the positions of what it holds, and is read from any of them on', async (_, pack) => {
    await writeFile(path, plain)
    const expected = await readRows(path)
    expect(expected.map(([, text]) => text)).toEqual(texts)
    await writeFile(path, pack(await readFile(path, 'utf8')))
    expect(await readRows(path)).toEqual(expected)
  })
})
