import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { type DecodedLines, LineDecoder } from './line-decoder.ts'
import { type ThreadUse, useThread } from './shared-thread.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
type Row = { readonly at: Date; readonly text: string }
const row = (i: number) => `{"at":"2026-01-01T00:00:00Z","text":"text ${i}"}`
const limit = { rows: 3, bytes: 1 << 20, signal: new AbortController().signal }
let folder: string
let handle: FileHandle
let use: ThreadUse<Row>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'line-decoder-'))
  use = useThread(Row, { decodeThread: true }) ?? expect.fail('the schema is decoded on a thread')
})
afterEach(async () => {
  await handle.close()
  await rm(folder, { recursive: true, force: true })
})

async function decoderOf(lines: readonly string[], options = {}, from = 0) {
  const path = join(folder, 'rows.jsonl')
  const text = lines.map((line) => `${line}\n`).join('')
  await writeFile(path, text)
  handle = await open(path)
  return { decoder: new LineDecoder(use, { fd: handle.fd, from, stop: text.length }, options), size: text.length }
}
const shown = (piece: DecodedLines<Row> | null) =>
  piece && {
    rows: piece.decoded.batch.toArray().map(({ text }) => text),
    offsets: [...(internals.metadata(piece.decoded.batch)?.offsets ?? [])],
    rejected: piece.decoded.rejected.map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()]),
    position: piece.position,
  }

test('gives the lines piece by piece, also those that are asked for ahead', async () => {
  const size = row(0).length + 1
  const { decoder } = await decoderOf([row(0), '{}', row(1), row(2), row(3)])
  const pieces = await Promise.all([decoder.next(limit), decoder.next(limit), decoder.next(limit)])
  expect(pieces.map(shown)).toEqual([
    { rows: ['text 0', 'text 1'], offsets: [0, size + 3], rejected: [[size, '{}']], position: 2 * size + 3 },
    { rows: ['text 2', 'text 3'], offsets: [2 * size + 3, 3 * size + 3], rejected: [], position: 4 * size + 3 },
    { rows: [], offsets: [], rejected: [], position: 4 * size + 3 },
  ])
  decoder.close()
})

test('rejects what is too far in the future, and begins where it should', async () => {
  const { decoder, size } = await decoderOf([row(0), row(1)], { maxFuture: 0, reference: 0 }, row(0).length + 1)
  const piece = await decoder.next(limit)
  expect(piece?.decoded.rejected.map(({ reason, offset }) => [offset, reason])).toEqual([[size / 2, expect.stringContaining('maxFuture')]])
})

test('what is rejected does not keep the memory of the whole piece', async () => {
  const { decoder } = await decoderOf([row(0), '{}', row(1)])
  expect((await decoder.next(limit))?.decoded.rejected[0]?.value?.buffer.byteLength).toBe(2)
})

test('is not worth its while where most lines are odd again and again', async () => {
  const { decoder } = await decoderOf(Array.from({ length: 15 }, () => '{}'))
  for (let i = 0; i < 4; i++) {
    expect(decoder.isWorthwhile).toBe(true)
    await decoder.next(limit)
  }
  expect(decoder.isWorthwhile).toBe(false)
})
