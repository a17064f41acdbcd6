import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { internals } from '../../batch/batch.ts'
import type { Chunk, Limit, Reader } from '../../connectors/source.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { messageHeader, messageKey, messageOffset, messagePartition, messageTimestamp } from '../../values/message-columns.ts'
import { jsonLines } from './json-lines.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
const line = (text: string) => JSON.stringify({ at: '2026-01-01T00:00:00Z', text })
const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 1000, bytes: 1e6, ms: 1000, signal: new AbortController().signal, ...more })
const open = { maxFuture: Number.POSITIVE_INFINITY }

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-lines-'))
  path = join(folder, 'rows.jsonl')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

type Seen = { rows: [number, string][]; rejected: [number, string][]; position: number }

function see(seen: Seen, { batch, rejected, position }: Chunk<{ text: string }, number>) {
  const offsets = internals.metadata(batch)?.offsets ?? []
  seen.rows.push(...batch.toArray().map(({ text }, i): [number, string] => [offsets[i] ?? -1, text]))
  seen.rejected.push(...rejected.map(({ offset, value }): [number, string] => [offset, Buffer.from(value ?? []).toString('hex')]))
  seen.position = position
}

type Step = { rows: number; bytes: number; reopen: boolean }

/** Reads to the end, with these limits in turn, opening anew at the position where a step says so. */
async function readAll(
  options: { complete: boolean; to?: number; from?: number },
  steps: readonly Step[] = [{ rows: 1e6, bytes: 1e9, reopen: false }],
): Promise<Seen> {
  const source = jsonLines(path, { schema: Row, complete: options.complete })
  const to = options.to === undefined ? {} : { to: options.to }
  const seen: Seen = { rows: [], rejected: [], position: options.from ?? 0 }
  let reader = await source.open('rows.jsonl-0', seen.position, { ...open, ...to })
  try {
    for (let i = 0; ; i++) {
      const { rows, bytes, reopen } = steps[i % steps.length] as Step
      if (reopen) {
        await reader.close()
        reader = await source.open('rows.jsonl-0', seen.position, { ...open, ...to })
      }
      const before = seen.position
      const chunk = await reader.read(limit({ rows, bytes }))
      if (chunk === 'end') return seen
      const messages = chunk.batch.length + chunk.rejected.length
      expect(messages).toBeLessThanOrEqual(rows)
      expect(chunk.position).toBeGreaterThan(before)
      if (messages > 1) expect([...chunk.batch].reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)).toBeLessThanOrEqual(bytes)
      see(seen, chunk)
    }
  } finally {
    await reader.close()
  }
}

/** The truth, from the whole file at once. */
function expected(file: Buffer, end: number): Omit<Seen, 'position'> {
  const truth: Omit<Seen, 'position'> = { rows: [], rejected: [] }
  for (let from = 0; from < end; ) {
    const found = file.indexOf(10, from)
    const next = found < 0 || found >= end ? end : found + 1
    let value = file.subarray(from, found < 0 || found >= end ? end : found)
    if (from === 0 && value.subarray(0, 3).toString('hex') === 'efbbbf') value = value.subarray(3)
    if (value.at(-1) === 13) value = value.subarray(0, -1)
    if (value.length > 0) {
      const { batch } = Row.decode([{ value, offset: from }])
      if (batch.length === 1) truth.rows.push([from, batch.get(0).text])
      else truth.rejected.push([from, value.toString('hex')])
    }
    from = next
  }
  return truth
}

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => Buffer.from(line(text))) },
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '\r', ' ', '{', '{}', 'null', '"x"', '\ufeff', '{"at":1}').map((text) => Buffer.from(text)),
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 140_000 }).map((size) => Buffer.from(line('é'.repeat(size / 2)))) },
)
const fileOf = fc
  .record({
    bom: fc.boolean(),
    lines: fc.array(fc.tuple(piece, fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 14 }),
    last: fc.option(piece, { nil: Buffer.alloc(0) }),
  })
  .map(({ bom, lines, last }) =>
    Buffer.concat([Buffer.from(bom ? '\ufeff' : ''), ...lines.flatMap(([value, end]) => [value, Buffer.from(end)]), last]),
  )
  // What looks like one JSON array, or like UTF-16, is refused as a whole: see the specs of file-form.
  .filter((file) => !/^(\xef\xbb\xbf)?[\0- ]*\[|^.?\0|^\xff\xfe|^\xfe\xff/s.test(file.toString('latin1')))
const stepsOf = fc.array(
  fc.record({ rows: fc.integer({ min: 1, max: 6 }), bytes: fc.constantFrom(1, 30, 300, 100_000, 1e6), reopen: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
)

it('keeps what it rejected and read while more is read into the same memory', async () => {
  const many = Array.from({ length: 4000 }, (_, i) => (i % 2 ? `bad ${i}` : line(`${i}`.repeat(20))))
  await writeFile(path, `${many.join('\n')}\n`)
  const reader = await jsonLines(path, { schema: Row, complete: true }).open('rows.jsonl-0', 0, open)
  const chunks: Chunk<{ text: string }, number>[] = []
  for (let chunk = await reader.read(limit({ bytes: 20_000 })); chunk !== 'end'; chunk = await reader.read(limit({ bytes: 20_000 })))
    chunks.push(chunk)
  await reader.close()
  expect(chunks.length).toBeGreaterThan(5)
  expect(chunks.flatMap(({ rejected }) => rejected.map(({ value }) => Buffer.from(value ?? []).toString()))).toEqual(many.filter((_, i) => i % 2))
  expect(chunks.flatMap(({ batch }) => [...batch].map(({ text }) => line(text)))).toEqual(many.filter((_, i) => i % 2 === 0))
})

describe('law 7: any limits, resumed at any position', () => {
  it('give the same rows, offsets and rejected, of a complete file', async () => {
    await fc.assert(
      fc.asyncProperty(fileOf, stepsOf, async (file, steps) => {
        await writeFile(path, file)
        const { position, ...seen } = await readAll({ complete: true }, steps)
        expect(seen).toEqual(expected(file, file.length))
        expect(position).toBe(file.length)
      }),
      { numRuns: 150 },
    )
  })

  it('and of a file that is cut anywhere while it grows: what one run leaves the next one has', async () => {
    await fc.assert(
      fc.asyncProperty(fileOf, fc.double({ min: 0, max: 1, noNaN: true }), stepsOf, async (file, cut, steps) => {
        const source = jsonLines(path, { schema: Row })
        const all: Seen = { rows: [], rejected: [], position: 0 }
        for (const bytes of [file.subarray(0, Math.floor(cut * file.length)), file, Buffer.concat([file, Buffer.from('\n')])]) {
          await writeFile(path, bytes)
          const [partition] = (await source.describe()).partitions
          // Lines that are added meanwhile belong to the next run.
          await writeFile(path, Buffer.concat([file, Buffer.from('\n')]))
          const run = await readAll({ complete: false, from: all.position, to: partition?.end ?? -1 }, steps)
          all.rows.push(...run.rows)
          all.rejected.push(...run.rejected)
          expect(run.position).toBe(partition?.end)
          all.position = run.position
        }
        const { position, ...seen } = all
        expect(seen).toEqual(expected(Buffer.concat([file, Buffer.from('\n')]), file.length + 1))
        expect(position).toBe(file.length + 1)
      }),
      { numRuns: 150 },
    )
  })

  it('a line of several megabytes comes whole', async () => {
    const long = 'x'.repeat(5_000_000)
    await writeFile(path, `${line('a')}\n${line(long)}\n${line('b')}\n`)
    const { rows } = await readAll({ complete: false, to: 5_000_000 + 3 * (line('').length + 1) + 2 }, [{ rows: 100, bytes: 1000, reopen: false }])
    expect(rows.map(([, text]) => text.length)).toEqual([1, 5_000_000, 1])
  })
})

describe('the end of a file', () => {
  const endOf = async (text: string, complete = false) => {
    await writeFile(path, text)
    return (await jsonLines(path, { schema: Row, complete }).describe()).partitions[0]?.end
  }

  it('is after the last whole line, or after a whole object', async () => {
    expect(await endOf('')).toBe(0)
    expect(await endOf('{"a":1}\n{"b":')).toBe(8)
    expect(await endOf('{"a":1}\n{"b":2}')).toBe(15)
    expect(await endOf('{"a":1}\n12')).toBe(8)
    expect(await endOf('{"a":1}\n[1]')).toBe(8)
    expect(await endOf('{"a":1')).toBe(0)
    expect(await endOf(`{"a":1}\n{"b":"${'x'.repeat(200_000)}`)).toBe(8)
    expect(await endOf('{"a":1}\n{"b":', true)).toBe(13)
  })

  it('an unfinished last line of a complete file is a message, and no row', async () => {
    await writeFile(path, `${line('a')}\n{"at":`)
    const { rows, rejected } = await readAll({ complete: true })
    expect([rows.length, rejected.length]).toEqual([1, 1])
  })

  it('without `to` an open file is read on as it grows', async () => {
    await writeFile(path, `${line('a')}\n${line('b').slice(0, 5)}`)
    const reader: Reader<{ text: string }, number> = await jsonLines(path, { schema: Row }).open('rows.jsonl-0', 0, open)
    const seen: Seen = { rows: [], rejected: [], position: 0 }
    const read = async () => {
      const chunk = await reader.read(limit({ ms: 20 }))
      if (chunk === 'end') throw new Error('ended')
      see(seen, chunk)
    }
    await read()
    await read()
    expect(seen.rows.map(([, text]) => text)).toEqual(['a'])
    await appendFile(path, line('b').slice(5))
    await read()
    await appendFile(path, `\r\n${line('c')}\n`)
    await read()
    expect(seen.rows.map(([, text]) => text)).toEqual(['a', 'b', 'c'])
    expect(seen.rejected).toEqual([])
    const controller = new AbortController()
    const waiting = reader.read(limit({ ms: 60_000, signal: controller.signal }))
    controller.abort()
    expect(await waiting).toMatchObject({ batch: { length: 0 }, lag: 0 })
    await reader.close()
  })
})

describe('as a source', () => {
  it('names partitions by file, and refuses one that is given twice', async () => {
    const other = join(folder, 'été 2.jsonl')
    for (const file of [path, other]) await writeFile(file, `${line('a')}\n`)
    const given: string[] = []
    const source = jsonLines([path, other], { schema: Row })
    await source.partitions({ assigned: (ids) => given.push(...ids), revoked: async () => {}, failed: () => {} })
    expect(given).toEqual(['rows.jsonl-0', '_t__2.jsonl-0'])
    expect((await source.describe()).topics.map(({ name }) => name)).toEqual(['rows.jsonl', '_t__2.jsonl'])
    expect((await jsonLines([path, other], { schema: Row, topic: 'rows' }).describe()).partitions.map(({ id }) => id)).toEqual(['rows-0', 'rows-1'])
    expect(() => jsonLines([path, path], { schema: Row })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('given twice') }),
    )
    expect(() => jsonLines([], { schema: Row })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(source.until).toBe('now')
  })

  it('has a topic id that stays while the file grows, and changes when it is replaced', async () => {
    const id = async () => (await jsonLines(path, { schema: Row }).describe()).topics[0]?.id
    await writeFile(path, line('a').slice(0, 9))
    expect(await id()).toBeNull()
    await writeFile(path, `${line('a')}\n`)
    const first = await id()
    expect(first).toMatch(/^[\da-f]{32}$/)
    await appendFile(path, `${line('b')}\n`)
    expect(await id()).toBe(first)
    await writeFile(path, `${line('z')}\n${line('b')}\n`)
    expect(await id()).not.toBe(first)
  })

  it('says what to do without the file, and with a folder', async () => {
    await expect(jsonLines(path, { schema: Row }).describe()).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      message: `there is no file ${path}: check the path, or write the messages there first`,
    })
    await mkdir(path)
    await expect(jsonLines(path, { schema: Row }).describe()).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringContaining('no regular file'),
    })
  })

  it('refuses positions of a file that was cut or replaced', async () => {
    await writeFile(path, `${line('a')}\n${line('b')}\n`)
    const source = jsonLines(path, { schema: Row })
    await expect(source.open('rows.jsonl-0', 1000, open)).rejects.toMatchObject({ code: 'POSITION_AHEAD' })
    await expect(source.open('rows.jsonl-0', 0, { ...open, to: 1000 })).rejects.toMatchObject({ code: 'POSITION_AHEAD' })
    await expect(source.open('rows.jsonl-0', 7, open)).rejects.toMatchObject({ code: 'SOURCE_CHANGED', message: expect.stringContaining('byte 7') })
    await expect(source.open('other-0', 0, open)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    const reader = await source.open('rows.jsonl-0', 0, { ...open, to: 2 * line('a').length + 2 })
    await truncate(path, 10)
    await expect(reader.read(limit())).rejects.toMatchObject({ code: 'SOURCE_CHANGED', message: expect.stringContaining('became shorter') })
    await reader.close()
  })
})

it('gives lines no key and no headers, and the byte where they begin', async () => {
  const Line = defineSchema(z.object({ at: instant(), key: messageKey(), h: messageHeader('h'), byte: messageOffset() }), {
    name: 'line',
    time: 'at',
  })
  const folder = await mkdtemp(join(tmpdir(), 'lines-'))
  const path = join(folder, 'lines.jsonl')
  const line = '{"at":"2026-01-01T00:00:00Z","key":"k"}\n'
  await writeFile(path, line.repeat(2))
  const source = jsonLines(path, { schema: Line })
  const reader = await source.open((await source.describe()).partitions[0]?.id ?? '', 0, { to: 2 * line.length, maxFuture: Number.POSITIVE_INFINITY })
  const chunk = await reader.read({ rows: 9, bytes: 1e6, ms: 10, signal: new AbortController().signal })
  await reader.close()
  await rm(folder, { recursive: true })
  expect(chunk !== 'end' && chunk.batch.toArray().map(({ key, h, byte }) => [key, h, byte])).toEqual([
    [null, null, 0],
    [null, null, line.length],
  ])
})

it('refuses a schema that needs what lines do not have', () => {
  const timed = defineSchema(z.object({ at: messageTimestamp(), n: z.int() }), { name: 'timed', time: 'at' })
  const parted = defineSchema(z.object({ at: instant(), part: messagePartition() }), { name: 'parted', time: 'at' })
  for (const schema of [timed, parted])
    expect(() => jsonLines('x', { schema: schema as never })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
