import { type FileHandle, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import type { DecodeJob, LinesToRead } from './messages.ts'
import { pieceOf, threadPlan } from './pieces.fixture.ts'
import { ThreadWork } from './thread-work.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
const row = (text: string) => `{"at":"2026-01-01T00:00:00Z","text":${JSON.stringify(text)}}`
let work: ThreadWork
let id: number
beforeEach(() => {
  work = new ThreadWork()
  id = 0
})

const jobOf = (piece: DecodeJob['piece'], more: Partial<DecodeJob> = {}): DecodeJob => ({
  id: id++,
  schema: 0,
  plan: id === 1 ? threadPlan(Row) : null,
  wanted: [],
  spare: [],
  piece,
  ...more,
})

test('answers with all arrays in one buffer, which is to be transferred', async () => {
  const { answer, transfer } = await work.answer(jobOf(pieceOf([row('a'), '{}', row('a')]), { wanted: [1] }))
  const { decoded, texts, lines, failure } = answer
  expect([decoded?.rows, [...(decoded?.odd ?? [])], [...(texts[0]?.numbers ?? [])], lines, failure]).toEqual([2, [1], [0, 0], null, null])
  const arrays = [decoded?.odd, texts[0]?.numbers, texts[0]?.bytes, decoded?.columns[0]?.values, decoded?.columns[1]?.offsets]
  expect(arrays.map((array) => array?.buffer)).toEqual(Array(5).fill(transfer[0]))
  expect(transfer).toHaveLength(1)
})

test('writes its answer into memory that came back, where that is large enough', async () => {
  const { transfer } = await work.answer(jobOf(pieceOf([row('a')])))
  const [used] = transfer as [ArrayBuffer]
  const again = await work.answer(jobOf(pieceOf([row('bc')]), { spare: [used, new ArrayBuffer(7)] }))
  expect(again.transfer).toEqual([used])
  expect(Buffer.from(again.answer.decoded?.columns[1]?.values as Uint8Array).toString()).toBe('bc')
  expect((await work.answer(jobOf(pieceOf([row('d')])))).transfer[0]).not.toBe(used)
})

test('cannot decode for a schema that it does not know', async () => {
  const { answer, transfer } = await work.answer(jobOf(pieceOf([row('a')]), { schema: 7, plan: null }))
  expect([answer.decoded, transfer]).toEqual([null, []])
})

describe('lines of a file', () => {
  let folder: string
  let path: string
  let handle: FileHandle
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thread-work-'))
    path = join(folder, 'rows.jsonl')
    await writeFile(path, '')
    handle = await open(path)
  })
  afterEach(async () => {
    await handle.close()
    await rm(folder, { recursive: true, force: true })
  })

  const lines = (more: Partial<LinesToRead> = {}): LinesToRead => ({
    ...{ reading: 0, fd: handle.fd, from: 0, stop: 0, rows: 1000, bytes: 1 << 20, maxFuture: Infinity, latest: Infinity },
    ...more,
  })
  const read = async (more: Partial<LinesToRead>) => {
    const { answer } = await work.answer(jobOf(lines(more)))
    const { decoded, lines: taken } = answer
    if (!decoded || !taken) return answer.failure
    const odd = [...taken.odd.starts].map((start, k) => Buffer.from(taken.odd.bytes.subarray(start, taken.odd.ends[k])).toString())
    return { rows: decoded.rows, offsets: [...taken.offsets], odd, position: taken.position, isShort: taken.isShort }
  }

  test('are read on from job to job, with the bytes of those that are odd', async () => {
    const text = `\ufeff${row('é')}\r\n\n{"odd":1}\n${row('b')}\nnot JSON\n`
    await writeFile(path, text)
    const stop = Buffer.byteLength(text)
    const second = Buffer.byteLength(`\ufeff${row('é')}\r\n\n`)
    const third = second + Buffer.byteLength('{"odd":1}\n')
    const fourth = third + Buffer.byteLength(`${row('b')}\n`)
    expect(await read({ stop, rows: 2 })).toEqual({ rows: 1, offsets: [0, second], odd: ['{"odd":1}'], position: third, isShort: false })
    expect(await read({ stop, rows: 2 })).toEqual({ rows: 1, offsets: [third, fourth], odd: ['not JSON'], position: stop, isShort: false })
    expect(await read({ stop, rows: 2 })).toEqual({ rows: 0, offsets: [], odd: [], position: stop, isShort: false })
  })

  test('of several readings, and from where an unknown reading continues', async () => {
    await writeFile(path, `${row('a')}\n${row('b')}\n`)
    const half = row('a').length + 1
    const stop = half * 2
    expect(await read({ stop, rows: 1 })).toMatchObject({ position: half })
    expect(await read({ stop, rows: 1, reading: 1, from: half })).toMatchObject({ offsets: [half], position: stop })
    work.forget(0)
    expect(await read({ stop, rows: 1 })).toMatchObject({ offsets: [0], position: half })
    expect(await read({ stop, rows: 1 })).toMatchObject({ offsets: [half], position: stop })
  })

  test('of a file that became shorter', async () => {
    await writeFile(path, `${row('a')}\n${row('b')}\n`)
    const half = row('a').length + 1
    await truncate(path, half + 3)
    expect(await read({ stop: 2 * half })).toMatchObject({ rows: 1, position: half, isShort: false })
    expect(await read({ stop: 2 * half })).toMatchObject({ rows: 0, position: half, isShort: true })
  })

  test('that cannot be read: the answer says why, and the next job tries again', async () => {
    await writeFile(path, `${row('a')}\n`)
    const stop = row('a').length + 1
    expect(await read({ stop, fd: 9999 })).toEqual({ code: 'EBADF', message: expect.stringContaining('EBADF') })
    work.forget(0)
    expect(await read({ stop })).toMatchObject({ rows: 1 })
  })

  test('are given up where none has ended and there is no time', async () => {
    await writeFile(path, row('a').padEnd(300_000))
    const job = jobOf(lines({ stop: 300_000, bytes: 1 << 16 }))
    const answer = work.answer(job)
    work.hurry(job.id)
    expect((await answer).answer).toMatchObject({ decoded: { rows: 0 }, lines: { position: 0, isShort: false } })
    expect(await read({ stop: 300_000 })).toMatchObject({ rows: 1, position: 300_000 })
  })
})
