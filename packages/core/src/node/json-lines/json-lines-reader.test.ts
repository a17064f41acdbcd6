import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { internals } from '../../batch/batch.ts'
import type { Limit } from '../../connectors/source.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { jsonLines } from './json-lines.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string().min(3) }), { name: 'row', time: 'at' })
const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 16_384, bytes: 1 << 20, ms: 1000, signal: new AbortController().signal, ...more })
const COUNT = 120_000
/** Lines with an escape in a key, which are zod's: more than 8 MiB of them. */
const ODD_COUNT = 100_000

let folder: string
let path: string
let oddPath: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahead-'))
  path = join(folder, 'rows.jsonl')
  const text = (i: number) => `${'é\n"'.repeat(i % 20)}text ${i}`
  const line = (i: number) => (i % 9973 === 5 ? '{"at": "never"}' : JSON.stringify({ at: '2026-01-01T00:00:00Z', text: text(i) }))
  await writeFile(path, Array.from({ length: COUNT }, (_, i) => `${line(i)}${i % 3 ? '\n' : '\r\n'}${i % 1000 ? '' : '\n\n'}`).join(''))
  oddPath = join(folder, 'odd.jsonl')
  await writeFile(
    oddPath,
    Array.from({ length: ODD_COUNT }, (_, i) => `${String.raw`{"at":"2026-01-01T00:00:00Z","te\u0078t":"${'odd '.repeat(12)} ${i}"}`}\n`).join(''),
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function readAll(
  decodeThread: boolean,
  from = 0,
  enough = Number.POSITIVE_INFINITY,
  more: { readonly decodeWorkerUrl?: string; readonly path?: string } = {},
) {
  const { decodeWorkerUrl, path: file = path } = more
  const source = jsonLines(file, { schema: Row, complete: true, decodeThread, ...(decodeWorkerUrl ? { decodeWorkerUrl } : {}) })
  const reader = await source.open(`${basename(file)}-0`, from, { maxFuture: Number.POSITIVE_INFINITY })
  const seen = { rows: [] as [number, string][], rejected: [] as [number, string, string][], position: from, chunks: 0 }
  try {
    for (;;) {
      const chunk = await reader.read(limit())
      if (chunk === 'end' || seen.chunks === enough) return seen
      const offsets = internals.metadata(chunk.batch)?.offsets ?? []
      seen.rows.push(...chunk.batch.toArray().map(({ text }, i): [number, string] => [offsets[i] ?? -1, text]))
      seen.rejected.push(
        ...chunk.rejected.map(({ offset, value, reason }): [number, string, string] => [offset, Buffer.from(value ?? []).toString(), reason]),
      )
      expect(chunk.position).toBeGreaterThan(seen.position)
      seen.position = chunk.position
      seen.chunks++
    }
  } finally {
    await reader.close()
  }
}

describe('a large file, read ahead and decoded on another thread', () => {
  test('gives the same rows, dead letters and positions, from any of them on', async () => {
    const here = await readAll(false)
    expect(here.rows.length + here.rejected.length).toBe(COUNT)
    expect(await readAll(true)).toEqual(here)
    const some = await readAll(true, 0, 3)
    const rest = await readAll(true, some.position)
    expect([...some.rows, ...rest.rows]).toEqual(here.rows)
    expect([...some.rejected, ...rest.rejected]).toEqual(here.rejected)
  })

  test('is read on by this thread where the other one is lost, or leaves most lines', async () => {
    const here = await readAll(false)
    const lost = join(folder, 'lost.mjs')
    await writeFile(lost, 'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3))')
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(await readAll(true, 0, Number.POSITIVE_INFINITY, { decodeWorkerUrl: lost })).toEqual(here)
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()

    const spy = vi.spyOn(Row as { decodeSlices: (typeof Row)['decodeSlices'] }, 'decodeSlices')
    const odd = await readAll(true, 0, Number.POSITIVE_INFINITY, { path: oddPath })
    const sizes = spy.mock.calls.map(([slices]) => slices.length ?? slices.starts.length)
    spy.mockRestore()
    // Four pieces whose odd lines alone came back, two that were asked for ahead, and the rest.
    expect(odd.rows.length).toBe(ODD_COUNT)
    expect(odd).toEqual(await readAll(false, 0, Number.POSITIVE_INFINITY, { path: oddPath }))
    expect(sizes.length).toBeGreaterThan(6)
  })

  test('can be closed with pieces under way, and a file that became shorter fails where it would have come', async () => {
    const source = jsonLines(path, { schema: Row, complete: true, decodeThread: true })
    const open = () => source.open('rows.jsonl-0', 0, { maxFuture: Number.POSITIVE_INFINITY })
    const closed = await open()
    void closed.read(limit())
    await closed.close()

    const reader = await open()
    expect(await reader.read(limit())).not.toBe('end')
    await truncate(path, 4 << 20)
    const reads = async () => {
      for (;;) if ((await reader.read(limit())) === 'end') return
    }
    await expect(reads()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await reader.close()
  })
})
