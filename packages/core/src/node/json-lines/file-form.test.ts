import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { instant } from '../../base/instant.ts'
import { internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { jsonLines } from './json-lines.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
const line = (text: string) => JSON.stringify({ at: '2026-01-01T00:00:00Z', text })
const limit = () => ({ rows: 7, bytes: 1e6, ms: 100, signal: new AbortController().signal })

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-forms-'))
  path = join(folder, 'rows')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The rows with their positions, opened anew after each read. */
async function readAll(complete = false): Promise<[number, string][]> {
  const source = jsonLines(path, { schema: Row, complete })
  const { partitions } = await source.describe()
  const { id, end } = partitions[0] as { id: string; end: number }
  const rows: [number, string][] = []
  for (let from = 0; ; ) {
    const reader = await source.open(id, from, { to: end, maxFuture: Number.POSITIVE_INFINITY })
    const chunk = await reader.read(limit())
    await reader.close()
    if (chunk === 'end') return rows
    from = chunk.position
    const offsets = internals.metadata(chunk.batch)?.offsets ?? []
    rows.push(...chunk.batch.toArray().map(({ text }, i): [number, string] => [offsets[i] ?? -1, text]))
  }
}

describe('packed files', () => {
  const texts = Array.from({ length: 40 }, (_, i) => `row ${i} é`)
  const plain = Buffer.from(texts.map((text) => `${line(text)}\n`).join(''))
  const half = plain.indexOf(10, plain.length / 2) + 1
  it.each([
    ['gzip', gzipSync(plain)],
    ['gzip of two members', Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))])],
    ['zstd', zstdCompressSync(plain)],
    ['zstd of two frames', Buffer.concat([zstdCompressSync(plain.subarray(0, half)), zstdCompressSync(plain.subarray(half))])],
  ])('%s is read as what it holds, with the same positions, from any of them on', async (_, packed) => {
    await writeFile(path, plain)
    const expected = await readAll()
    expect(expected.map(([, text]) => text)).toEqual(texts)
    await writeFile(path, packed)
    expect(await readAll()).toEqual(expected)
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('%s of megabytes, in several parts, is read whole', async (_, pack) => {
    const large = Array.from({ length: 3 }, (_, part) =>
      Array.from({ length: 4000 }, (_, i) => line(`${part}-${i}-${Math.random()}${Math.random()}`)),
    )
    await writeFile(path, Buffer.concat(large.map((lines) => pack(Buffer.from(`${lines.join('\n')}\n`)))))
    const { partitions } = await jsonLines(path, { schema: Row }).describe()
    expect(partitions[0]?.end).toBe(large.flat().reduce((sum, text) => sum + text.length + 1, 0))
  })

  it('that are cut off are refused', async () => {
    await writeFile(path, gzipSync(plain).subarray(0, 60))
    await expect(readAll()).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('not whole yet') })
  })
})

it.each([
  ['UTF-16', Buffer.from(`\ufeff${line('a')}\n`, 'utf16le'), 'UTF-16'],
  ['UTF-16 without a mark', Buffer.from(`${line('a')}\n`, 'utf16le'), 'UTF-16'],
  ['an array in one line', `[${line('a')},${line('b')}]\n`, 'jq -c'],
  ['an array over lines', `[\n${line('a')},\n${line('b')}\n]\n`, 'jq -c'],
  ['Parquet', 'PAR1....', 'Parquet file'],
  ['zip', 'PK\u0003\u0004....', 'zip file'],
])('%s is refused, with how to convert it', async (_, content, says) => {
  await writeFile(path, content)
  await expect(readAll()).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining(says) })
})

it.each([
  ['CR alone', `${line('a')}\r${line('b')}\r`, 'CR alone'],
  ['objects in one line', `${line('a')}${line('b')}`, 'in one line'],
  ['no line feed at all', line('a').slice(0, -3), 'no line feed'],
])('%s is warned of, once', async (_, content, says) => {
  await writeFile(path, content)
  const warnings: string[] = []
  const listen = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', listen)
  await readAll()
  await readAll()
  await new Promise((done) => setTimeout(done, 20))
  process.off('warning', listen)
  expect(warnings.filter((text) => text.includes(path))).toEqual([expect.stringContaining(says)])
})

it('a line that is an array is one line that is invalid', async () => {
  await writeFile(path, `[1]\n${line('a')}\n`)
  expect((await readAll()).map(([, text]) => text)).toEqual(['a'])
})

it('an empty file, and one whose only line is whole, are well', async () => {
  await writeFile(path, '')
  expect(await readAll()).toEqual([])
  await writeFile(path, line('a'))
  expect(await readAll()).toEqual([[0, 'a']])
})
