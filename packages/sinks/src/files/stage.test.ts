import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, defineSchema, instant, type Staged, TicketsError } from '@tickets/core'
import { jsonSink, parquetSink } from '@tickets/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { commit, duck, Every, folder, parts, plain, range, sparse, task, tree, writeRows } from '../../test/helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { jsonEncoder } from '../encoders/json.ts'
import { keptIntake } from '../intake/kept-intake.ts'
import { type StagePlace, stageRange } from './stage.ts'

const staging = '.staging/log1/all/tickets-0'
const part = (n: number, k = 0) => `part-log1-tickets-0-${n}-${k}.jsonl`

async function staged(path: string, n = 0, attempt = 'a1') {
  const writer = await jsonSink(path).open(task, Every)
  await writeRows(writer, [plain, sparse])
  return { writer, record: (await writer.stage(n, attempt, range(0, 2))) as Staged }
}

test('staged rows lie hidden under names of the protocol, published ones visible, and nothing else stays', async () => {
  const path = await folder()
  const { writer, record } = await staged(path)
  expect(await tree(path)).toEqual([
    '.staging/',
    '.staging/log1/',
    '.staging/log1/all/',
    `${staging}/`,
    `${staging}/0-a1/`,
    `${staging}/0-a1/${part(0)}.tmp`,
  ])
  const { size } = await stat(join(path, staging, '0-a1', `${part(0)}.tmp`))
  expect(record).toEqual({ staging: `${staging}/0-a1`, files: [{ name: part(0), rows: 2, bytes: size, crc32: expect.any(Number) }] })
  await writer.publish(record)
  expect(await tree(path)).toEqual(['.staging/', '.staging/log1/', '.staging/log1/all/', `${staging}/`, part(0)])
})

test('publishing again changes nothing, from a record that went through JSON too', async () => {
  const path = await folder()
  const { writer, record } = await staged(path)
  await writer.publish(record)
  const before = await stat(join(path, part(0)))
  await writer.publish(JSON.parse(JSON.stringify(record)))
  const again = await (await jsonSink(path).open(task, Every)).publish(record)
  expect(again).toBeUndefined()
  const after = await stat(join(path, part(0)))
  expect([after.ino, after.mtimeMs, after.ctimeMs]).toEqual([before.ino, before.mtimeMs, before.ctimeMs])
})

test('a crash at any point between stage and publish is fixed by publishing', async () => {
  for (const [name, crash] of Object.entries({
    'staged only': async () => {},
    'linked, not unlinked': (from: string, to: string) => link(from, to),
    'linked and unlinked, the folder left': async (from: string, to: string) => {
      await link(from, to)
      await unlink(from)
    },
  })) {
    const path = await folder()
    const { record } = await staged(path)
    const from = join(path, staging, '0-a1', `${part(0)}.tmp`)
    const text = await readFile(from, 'utf8')
    await crash(from, join(path, part(0)))
    const next = await jsonSink(path).open(task, Every)
    await next.publish(record)
    await next.sweep({ n: 0, attempt: 'a1' })
    expect(await tree(path), name).toEqual(['.staging/', '.staging/log1/', '.staging/log1/all/', `${staging}/`, part(0)])
    expect(await readFile(join(path, part(0)), 'utf8'), name).toBe(text)
  }
})

test('a copy made between linking and unlinking, with two files for the two names, is finished by publishing', async () => {
  const path = await folder()
  const { record } = await staged(path)
  const from = join(path, staging, '0-a1', `${part(0)}.tmp`)
  const text = await readFile(from, 'utf8')
  await writeFile(join(path, part(0)), text)
  const next = await jsonSink(path).open(task, Every)
  await next.publish(record)
  expect(await tree(path)).toEqual(['.staging/', '.staging/log1/', '.staging/log1/all/', `${staging}/`, part(0)])
  expect(await readFile(join(path, part(0)), 'utf8')).toBe(text)
})

test('staged and published both missing is STAGED_LOST', async () => {
  const path = await folder()
  const { writer, record } = await staged(path)
  await unlink(join(path, staging, '0-a1', `${part(0)}.tmp`))
  await expect(writer.publish(record)).rejects.toMatchObject({ code: 'STAGED_LOST', retryable: false, message: expect.stringContaining(part(0)) })
})

test('another file under a published name is never taken for ours, nor replaced', async () => {
  const path = await folder()
  const { writer, record } = await staged(path)
  await writeFile(join(path, part(0)), 'foreign')
  await expect(writer.publish(record)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('move it out') })
  expect(await readFile(join(path, part(0)), 'utf8')).toBe('foreign')
  expect(await tree(path)).toContain(`${staging}/0-a1/${part(0)}.tmp`)
})

test('staging again under the same name never writes into a published file', async () => {
  const path = await folder()
  const { record } = await staged(path)
  await link(join(path, staging, '0-a1', `${part(0)}.tmp`), join(path, part(0)))
  const before = await readFile(join(path, part(0)), 'utf8')
  const writer = await jsonSink(path).open(task, Every)
  await writeRows(writer, [plain])
  await writer.stage(0, 'a1', range(0, 1))
  expect(await readFile(join(path, part(0)), 'utf8')).toBe(before)
  await expect(writer.publish(record)).rejects.toMatchObject({ code: 'STAGED_DAMAGED' })
})

test('stage cuts at the call: rows written after it belong to the next range', async () => {
  const path = await folder()
  const writer = await jsonSink(path).open(task, Every)
  await writeRows(writer, [plain])
  const first = writer.stage(0, 'a', range(0, 1))
  await writeRows(writer, [sparse, sparse])
  const second = writer.stage(1, 'a', range(1, 3))
  expect([await first, await second]).toMatchObject([{ files: [{ rows: 1 }] }, { files: [{ rows: 2 }] }])
  expect(await writer.stage(2, 'a', range(3, 3))).toBeNull()
})

test('maxRowsPerFile cuts a range into files that count up', async () => {
  const path = await folder()
  const rows = Array.from({ length: 25 }, (_, small) => ({ ...plain, small }))
  const record = await commit(parquetSink(path, { maxRowsPerFile: 10 }), rows, 3, task, 7)
  expect(record).toMatchObject({ files: [{ rows: 10 }, { rows: 10 }, { rows: 5 }] })
  expect(await parts(path)).toEqual([0, 1, 2].map((k) => `part-log1-tickets-0-3-${k}.parquet`))
  expect(await duck(`SELECT small FROM '${path}/*.parquet' ORDER BY file_row_number, small`)).toHaveLength(25)
  expect(await duck(`SELECT small FROM '${path}/part-log1-tickets-0-3-1.parquet' LIMIT 1`)).toEqual([{ small: 10 }])
})

test("7.1 DuckDB's **/*.parquet never sees staged files", async () => {
  const path = await folder()
  await commit(parquetSink(path), [plain])
  const writer = await parquetSink(path).open(task, Every)
  await writeRows(writer, [plain, plain])
  const record = (await writer.stage(1, 'a', range(1, 3))) as Staged
  const count = async () => (await duck(`SELECT count(*)::INT AS n FROM '${path}/**/*.parquet'`))[0]?.n
  expect(await count()).toBe(1)
  await writer.publish(record)
  expect(await count()).toBe(3)
})

test('3.8 sweep removes lower numbers and other attempts at the number, and nothing else', async () => {
  const attempts = fc.constantFrom('a', 'b', 'c-1')
  const ranges = fc.uniqueArray(fc.tuple(fc.nat(12), attempts), { selector: ([n, a]) => `${n}-${a}`, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(ranges, fc.nat(12), attempts, async (all, n, attempt) => {
      const path = await folder()
      const place = join(path, staging)
      for (const [at, by] of all) {
        await mkdir(join(place, `${at}-${by}`), { recursive: true })
        await writeFile(join(place, `${at}-${by}`, 'x.tmp'), 'x')
      }
      await mkdir(join(path, '.staging/log1/all/tickets-1/0-a'), { recursive: true })
      const writer = await jsonSink(path).open(task, Every)
      await writer.sweep({ n, attempt })
      await writer.sweep({ n, attempt })
      const kept = all.filter(([at, by]) => at > n || (at === n && by === attempt)).map(([at, by]) => `${staging}/${at}-${by}/`)
      const left = await tree(path)
      expect(left.filter((name) => /\/\d+-[^/]+\/$/.test(name))).toEqual([...kept, '.staging/log1/all/tickets-1/0-a/'].sort())
      expect(left.filter((name) => name.endsWith('.tmp'))).toHaveLength(kept.length)
    }),
    { numRuns: 60 },
  )
})

test('two tasks of a flow share a target without meeting', async () => {
  const path = await folder()
  await commit(jsonSink(path), [plain], 0)
  await commit(jsonSink(path), [sparse], 0, { ...task, task: 'merge' })
  expect(await parts(path)).toEqual(['part-log1-merge-0-0.jsonl', part(0)])
})

test('a batch of another schema is refused before it is kept', async () => {
  const writer = await jsonSink(await folder()).open(task, Every)
  const shape = { at: instant(), text: z.string() }
  const Other = defineSchema(z.object(shape), { name: 'every', version: 3, time: 'at' })
  const Newer = defineSchema(Every.zod as never, { name: 'every', version: 4, time: 'at' as never })
  const Same = defineSchema(Every.zod as never, { name: 'every', version: 3, time: 'at' as never })
  const Members = Every.extend('every', { kind: z.enum(['a', 'b,"', 'v']) })
  await expect(writer.write(Batch.of(Other, [plain]))).rejects.toMatchObject({
    code: 'SCHEMA_MISMATCH',
    message: expect.stringContaining('flow "all"'),
  })
  await expect(writer.write(Batch.of(Newer, [plain] as never))).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
  await expect(writer.write(Batch.of(Members, []))).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', message: expect.stringContaining('members') })
  await writer.write(Batch.of(Same, [plain] as never))
  expect(await writer.stage(0, 'a', range(0, 1))).toMatchObject({ files: [{ rows: 1 }] })
})

test('a record that names files outside the target is refused', async () => {
  const writer = await jsonSink(await folder()).open(task, Every)
  for (const record of [
    { staging: `${staging}/0-a1`, files: [{ name: '../part-x.jsonl' }] },
    { staging: '.staging/../../x', files: [] },
    { other: 1 },
  ]) {
    await expect(writer.publish(record as Staged)).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
  }
})

test('7.4 the order of keys in a position does not show in the bytes', async () => {
  const bytes = async (from: Record<string, number>) => {
    const path = await folder()
    const writer = await parquetSink(path).open(task, Every)
    await writeRows(writer, [plain])
    await writer.publish((await writer.stage(0, 'a', { from, to: from, empty: false })) as Staged)
    return readFile(join(path, 'part-log1-tickets-0-0-0.parquet'))
  }
  expect(Buffer.compare(await bytes({ a: 1, b: 2 }), await bytes({ b: 2, a: 1 }))).toBe(0)
  expect(Buffer.compare(await bytes({ a: 1, b: 2 }), await bytes({ a: 1, b: 3 }))).not.toBe(0)
})

test('an encoder that fails is named with what helps, and its range leaves nothing in the record', async () => {
  const target = await folder()
  const encoder: Encoder = { ...jsonEncoder, encode: () => Promise.reject(new RangeError('too long')) }
  const place: StagePlace = {
    ...{ target: storageAt(target), task, schema: Every, encoder, isHeld: false, table: null },
    ...{ plan: null, sortBy: null, key: null, maxRowsPerFile: Number.POSITIVE_INFINITY },
  }
  const cut = async (by: Encoder) => {
    const intake = keptIntake({ ...place, encoder: by })
    await intake.add(Batch.of(Every, [plain]))
    return intake.cut(false)
  }
  await expect(stageRange(place, await cut(encoder), 0, 'a', range(0, 1))).rejects.toMatchObject({
    code: 'ENCODER_FAILED',
    message: expect.stringMatching(/flow "all".*too long.*maxRowsPerFile/),
  })
  const own = new TicketsError('SINK_FAILED', 'as it was')
  const failing = { ...encoder, encode: () => Promise.reject(own) }
  await expect(stageRange({ ...place, encoder: failing }, await cut(failing), 0, 'b', range(0, 1))).rejects.toBe(own)
})
