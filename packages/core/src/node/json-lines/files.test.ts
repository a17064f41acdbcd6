import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as z from 'zod'
import { count } from '../../aggregate/count.ts'
import { into } from '../../operators/into.ts'
import { windowed } from '../../operators/windowed.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import { defineSchema } from '../../schema/define.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { instant } from '../../values/instant.ts'
import { tumbling } from '../../window/tumbling.ts'
import { commitLog } from '../log/commit-log.ts'
import { jsonLines } from './json-lines.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
type Row = { at: Date; text: string }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-folders-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, 'in', name)
const lines = (...texts: string[]) => texts.map((text, i) => `${JSON.stringify({ at: `2026-01-01T00:00:0${i}Z`, text })}\n`).join('')
async function put(name: string, ...texts: string[]) {
  await mkdir(dirname(at(name)), { recursive: true })
  await writeFile(at(name), lines(...texts))
}

/** A pipeline over the same log and sinks, run again and again, as a job that begins every night. */
function nightly(paths: () => string | readonly string[], more: { topic?: string } = {}) {
  const sinks = { rows: memorySink<Row>('rows'), windows: memorySink<{ rows: number; revision: number }>('windows') }
  const run = () =>
    pipeline({
      name: 'nightly',
      source: jsonLines(paths(), { schema: Row, ...more }),
      log: commitLog(join(folder, 'log')),
      flows: (rows) => ({
        rows: rows.pipe(into(sinks.rows)),
        windows: rows.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { rows: count() } }), into(sinks.windows as never)),
      }),
    }).run({ handleSignals: false })
  return { run, texts: () => sinks.rows.rows.map(({ text }) => text).sort(), last: () => sinks.windows.rows.at(-1)?.rows }
}

it('takes files of a pattern that are added later, and lets finished ones go', async () => {
  const { run, texts, last } = nightly(() => join(folder, 'in', '*', '*.jsonl'))
  await put('2026-01-01/a.jsonl', 'a', 'b')
  await put('2026-01-01/x.txt', 'other')
  expect(await run()).toMatchObject({ how: 'done', rows: 2 })
  // The same name in another folder, which sorts before the first.
  await put('2025-12-31/a.jsonl', 'c')
  await put('2026-01-02/b.jsonl', 'd')
  expect(await run()).toMatchObject({ rows: 2 })
  expect(await run()).toMatchObject({ rows: 0 })
  await rm(at('2026-01-01'), { recursive: true })
  await put('2026-01-03/c.jsonl', 'e')
  expect(await run()).toMatchObject({ how: 'done', rows: 1 })
  await rm(at('2025-12-31'), { recursive: true })
  await appendFile(at('2026-01-02/b.jsonl'), lines('f'))
  expect(await run()).toMatchObject({ how: 'done', rows: 1 })
  expect(texts()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(last()).toBe(6)
})

it('takes lists of files that grow and lose finished ones, with equal names in different folders', async () => {
  let paths: string[] = []
  const { run, texts, last } = nightly(() => paths)
  await put('a/1.jsonl', 'a')
  await put('b/2.jsonl', 'b')
  paths = [at('a/1.jsonl'), at('b/2.jsonl')]
  expect(await run()).toMatchObject({ rows: 2 })
  await put('b/1.jsonl', 'c')
  paths = [...paths, at('b/1.jsonl')]
  expect(await run()).toMatchObject({ rows: 1 })
  paths = [at('a/1.jsonl'), at('b/1.jsonl')]
  expect(await run()).toMatchObject({ how: 'done', rows: 0 })
  await put('c/3.jsonl', 'd')
  paths = [...paths, at('c/3.jsonl')]
  expect(await run()).toMatchObject({ how: 'done', rows: 1 })
  expect(texts()).toEqual(['a', 'b', 'c', 'd'])
  expect(last()).toBe(4)
})

it('takes a file more under one topic', async () => {
  const paths = [at('a.jsonl')]
  const { run, texts } = nightly(() => paths, { topic: 'all' })
  await put('a.jsonl', 'a')
  await put('b.jsonl', 'b')
  expect(await run()).toMatchObject({ rows: 1 })
  paths.push(at('b.jsonl'))
  expect(await run()).toMatchObject({ rows: 1 })
  expect(texts()).toEqual(['a', 'b'])
  // The places name the files: what stands at another one would be read from the middle.
  paths.shift()
  await expect(run()).rejects.toMatchObject({ code: 'SOURCE_CHANGED', message: expect.stringContaining('another line') })
})

it('refuses a file that was replaced under its name, and one that is gone before it was read to its end', async () => {
  const { run } = nightly(() => join(folder, 'in', '*.jsonl'))
  await put('a.jsonl', 'a', 'b')
  await put('b.jsonl', 'c')
  await run()
  await put('a.jsonl', 'z', 'b')
  await expect(run()).rejects.toMatchObject({ code: 'SOURCE_CHANGED', message: expect.stringContaining('a.jsonl begins with another line') })
  await put('a.jsonl', 'a', 'b')
  await appendFile(at('b.jsonl'), `${lines('d')}nonsense\n${lines('e')}`)
  // It stops at the line that is invalid.
  await expect(run()).rejects.toMatchObject({ code: 'REJECTED_MESSAGE' })
  await rename(at('b.jsonl'), at('away'))
  await expect(run()).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('b.jsonl-0 of this log is gone') })
  await rename(at('away'), at('b.jsonl'))
  await expect(run()).rejects.toMatchObject({ code: 'REJECTED_MESSAGE' })
})

it('names each file by its own place, whatever lies beside it', async () => {
  for (const name of ['x/a.jsonl', 'x.a.jsonl', 'é/a.jsonl', 'e/a.jsonl']) await put(name, 'a')
  const ids = async (pattern: string) => (await jsonLines(join(folder, 'in', pattern), { schema: Row }).describe()).partitions.map(({ id }) => id)
  const all = await ids('**/*.jsonl')
  expect(new Set(all).size).toBe(4)
  for (const id of all) expect(id).toMatch(/^[\w.-]+-0$/)
  await rm(at('x.a.jsonl'))
  expect(all).toEqual(expect.arrayContaining(await ids('**/*.jsonl')))
})
