import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as z from 'zod'
import { internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
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

it.each([
  ['UTF-16', Buffer.from(`\ufeff${line('a')}\n`, 'utf16le'), 'UTF-16'],
  ['UTF-16 without a mark', Buffer.from(`${line('a')}\n`, 'utf16le'), 'UTF-16'],
  ['an array in one line', `[${line('a')},${line('b')}]\n`, 'jq -c'],
  ['an array over lines', `[\n${line('a')},\n${line('b')}\n]\n`, 'jq -c'],
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
