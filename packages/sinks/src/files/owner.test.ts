import { cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, defineSchema, instant, into, pipeline, type Schema, type Sink } from '@tickets/core'
import { commitLog, type FileLayer, nodeFiles } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { folder, parts, tree } from '../../test/helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import { jsonSink } from '../file-sink.ts'
import { readOwner, takeOwnership } from './owner.ts'

const Row = defineSchema(z.object({ id: z.string(), at: instant() }), { name: 'row', version: 1, time: 'at' })
type Row = typeof Row extends Schema<infer T> ? T : never
const row = (i: number): Row => ({ id: `t${i}`, at: new Date(1767225600000 + i * 1000) })

/** A pipeline of ranges of one row, from a source of `rows` rows. */
const lake = (at: string, rows: number, sinks: Readonly<Record<string, Sink<Row>>>, log = 'log') =>
  pipeline({
    name: 'held',
    source: memorySource({ schema: Row, partitions: [messagesOf(Array.from({ length: rows }, (_, i) => row(i)))], until: 'now', chunk: 1 }),
    log: commitLog(join(at, log)),
    range: { rows: 1 },
    retries: 1,
    flows: (tickets) => Object.fromEntries(Object.entries(sinks).map(([flow, sink]) => [flow, tickets.pipe(into(sink))])),
  })

async function rowsOf(dataset: string): Promise<string[]> {
  const texts = await Promise.all((await parts(dataset)).map((name) => readFile(join(dataset, name), 'utf8')))
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''))
  return lines.map((line) => (JSON.parse(line) as Row).id).sort()
}
const ids = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`).sort()

/** The node layer, where something happens before or after the published name of one record is linked. */
const around = (n: number, before: () => Promise<unknown>, after: () => Promise<unknown> = async () => {}): FileLayer => ({
  ...nodeFiles,
  async link(from, to) {
    const isIt = new RegExp(`/part-[^-]+-memory-0-${n}-`).test(to)
    if (isIt) await before()
    await nodeFiles.link(from, to)
    if (isIt) await after()
  },
})
const refusing = async () => {
  throw Object.assign(new Error('EACCES: made up'), { code: 'EACCES' })
}

describe('1.4 two flows of one place are refused, whatever it is called', () => {
  test('a symbolic link', async () => {
    const at = await folder()
    await mkdir(join(at, 'out'))
    await symlink(join(at, 'out'), join(at, 'alias'))
    const run = lake(at, 3, { a: jsonSink(join(at, 'out')), b: jsonSink(join(at, 'alias')) }).run()
    await expect(run).rejects.toMatchObject({ code: 'FLOW_TARGET', message: expect.stringContaining('the same place') })
    expect(await tree(at)).toEqual(['alias', 'out/'])
  })

  test('a folder that is not there yet, below a symbolic link', async () => {
    const at = await folder()
    await mkdir(join(at, 'disk'))
    await symlink(join(at, 'disk'), join(at, 'alias'))
    const run = lake(at, 3, { a: jsonSink(join(at, 'disk/new/out')), b: jsonSink(join(at, 'alias/new/out')) }).run()
    await expect(run).rejects.toMatchObject({ code: 'FLOW_TARGET' })
  })

  test('another case of letters, where the disk takes them for one, and only there', async () => {
    const at = await folder()
    const lower = (path: string) => path.replace(at, '').toLowerCase().replace(/^/, at)
    const caseless: FileLayer = {
      ...nodeFiles,
      makeFolder: (path) => nodeFiles.makeFolder(lower(path)),
      writeFile: (path, bytes) => nodeFiles.writeFile(lower(path), bytes),
      unlink: (path) => nodeFiles.unlink(lower(path)),
      stat: (path) => nodeFiles.stat(lower(path)),
    }
    const both = (files: FileLayer) => ({ a: jsonSink<Row>(join(at, 'out'), { files }), b: jsonSink<Row>(join(at, 'OUT'), { files }) })
    await expect(lake(at, 3, both(caseless)).run()).rejects.toMatchObject({ code: 'FLOW_TARGET' })
    await lake(at, 3, both(nodeFiles)).run()
    expect([await rowsOf(join(at, 'out')), await rowsOf(join(at, 'OUT'))]).toEqual([ids(3), ids(3)])
  })

  test('and their staging is apart in any case, whatever the flows are called', async () => {
    const at = await folder()
    const flows = ['x', 'x.y', '.x', '@late:x/y', '../x', 'ü', 'x'.repeat(300), `${'x'.repeat(299)}y`]
    const found = new Set<string>()
    for (const flow of flows) {
      const writer = await jsonSink<Row>(at).open({ logId: 'log1', task: 'memory-0', flow }, Row)
      const staged = await writer.stage(0, 'a', { from: 0, to: 1, empty: true })
      found.add(String(staged?.staging))
      await writer.publish(staged ?? {})
      await rm(join(at, (await parts(at))[0] ?? ''))
    }
    expect([...found].slice(0, 4)).toEqual(['x', 'x.y', '%2ex', '%40late%3ax%2fy'].map((flow) => `.staging/log1/${flow}/memory-0/0-a`))
    expect(found.size).toBe(flows.length)
  })
})

describe('1.4 a log that is older than its targets', () => {
  test('is refused, and nothing is written', async () => {
    const at = await folder()
    const sinks = { a: jsonSink<Row>(join(at, 'out')) }
    await lake(at, 5, sinks).run()
    await cp(join(at, 'log'), join(at, 'backup'), { recursive: true })
    await lake(at, 9, sinks).run()
    await rm(join(at, 'log'), { recursive: true })
    await rename(join(at, 'backup'), join(at, 'log'))
    const before = await tree(at)
    const refused = { code: 'LOG_BEHIND', retryable: false, message: expect.stringMatching(/ends at record \d+ of memory-0.*start over/s) }
    await expect(lake(at, 9, sinks).run()).rejects.toMatchObject(refused)
    expect(await tree(at)).toEqual(before)
    expect(await rowsOf(join(at, 'out'))).toEqual(ids(9))
  })

  test('is recognised by what is staged, too', async () => {
    const at = await folder()
    const sink = jsonSink<Row>(join(at, 'out'))
    const stagedAt = (flow: string, n: number) => mkdir(join(at, 'out/.staging/log1', flow, 'memory-0', `${n}-a`), { recursive: true })
    const reached = () => sink.reached?.({ id: 'log1', flow: 'a', tasks: ['memory-0', 'merge'] })
    expect(await reached()).toEqual({})
    await stagedAt('a', 7)
    await stagedAt('b', 20)
    // A range is staged while the one before it is recorded: 7 says that 5 is there.
    expect(await reached()).toEqual({ 'memory-0': 5 })
    await writeFile(join(at, 'out/part-log1-memory-0-6-0.jsonl'), '')
    await writeFile(join(at, 'out/part-log1-compact-99-0.jsonl'), '')
    await writeFile(join(at, 'out/part-log2-memory-0-50-0.jsonl'), '')
    expect(await reached()).toEqual({ 'memory-0': 6 })
  })
})

describe('a target that is gone', () => {
  test('between two runs is an error, and is not made again', async () => {
    const at = await folder()
    const sinks = { a: jsonSink<Row>(join(at, 'out')) }
    await lake(at, 4, sinks).run()
    for (const left of ['nothing', 'an empty folder']) {
      await rm(join(at, 'out'), { recursive: true, force: true })
      if (left !== 'nothing') await mkdir(join(at, 'out'))
      await expect(lake(at, 6, sinks).run()).rejects.toMatchObject({
        code: 'TARGET_LOST',
        retryable: false,
        message: expect.stringContaining('Mount it'),
      })
      expect(await readdir(at)).toEqual(left === 'nothing' ? ['log'] : ['log', 'out'])
    }
  })

  test('while the pipeline runs stops it, and is not made again', async () => {
    const at = await folder()
    const remove = () => rm(join(at, 'out'), { recursive: true })
    for (const [n, files] of [around(3, async () => {}, remove), around(3, remove)].entries()) {
      const sinks = { a: jsonSink<Row>(join(at, 'out'), { files }) }
      await expect(lake(at, 9, sinks, `log${n}`).run()).rejects.toMatchObject({ code: 'TARGET_LOST' })
      expect(await readdir(at)).not.toContain('out')
    }
  })

  test('while a range is staged gets none of it: the empty folder of an unmounted volume stays empty, and the run resumes once it is back', async () => {
    const at = await folder()
    const [out, away] = [join(at, 'out'), join(at, 'away')]
    let isMounted = true
    const files: FileLayer = {
      ...nodeFiles,
      async makeFolder(path) {
        if (isMounted && /memory-0\/3-/.test(path)) {
          isMounted = false
          await rename(out, away)
          await mkdir(out)
        }
        return nodeFiles.makeFolder(path)
      },
    }
    await expect(lake(at, 9, { a: jsonSink(out, { files }) }).run()).rejects.toMatchObject({ code: 'TARGET_LOST' })
    expect(await readdir(out)).toEqual([])
    await rm(out, { recursive: true })
    await rename(away, out)
    await lake(at, 9, { a: jsonSink(out) }).run()
    expect(await rowsOf(out)).toEqual(ids(9))
  })

  test('whose mark alone is gone stops it too', async () => {
    const at = await folder()
    const files = around(
      3,
      async () => {},
      () => rm(join(at, 'out/.staging/owner.tickets')),
    )
    await expect(lake(at, 9, { a: jsonSink(join(at, 'out'), { files }) }).run()).rejects.toMatchObject({ code: 'TARGET_LOST' })
  })
})

test.each(['before', 'after'])('a target that another log takes over %s a file is linked belongs to that log alone', async (when) => {
  const at = await folder()
  const other = () => lake(at, 3, { a: jsonSink(join(at, 'out'), { mode: 'overwrite' }) }, 'other').run()
  const files = when === 'before' ? around(3, other) : around(3, async () => {}, other)
  await expect(lake(at, 9, { a: jsonSink(join(at, 'out'), { files }) }).run()).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  expect(await rowsOf(join(at, 'out'))).toEqual(ids(3))
})

test('a file that is linked while another log takes the target over does not stay among its files', async () => {
  const at = await folder()
  const out = join(at, 'out')
  const mark = join(out, '.staging/owner.tickets')
  // The other log has listed what to remove, and has not come to the staging yet.
  const taking = async () => {
    const { log } = JSON.parse(await readFile(mark, 'utf8')) as { log: string }
    await writeFile(mark, JSON.stringify({ log: 'other', before: [log] }))
  }
  await expect(lake(at, 9, { a: jsonSink(out, { files: around(3, taking) }) }).run()).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  expect((await parts(out)).filter((name) => name.includes('-memory-0-3-'))).toEqual([])
  expect(await rowsOf(out)).toEqual(ids(2))
})

test('3.13 a file that was truncated between being staged and published by one writer is an error', async () => {
  const at = await folder()
  const writer = await jsonSink<Row>(at).open({ logId: 'log1', task: 'memory-0', flow: 'a' }, Row)
  await writer.write(Batch.of(Row, [row(1)]))
  const staged = await writer.stage(0, 'a', { from: 0, to: 1, empty: false })
  await truncate(join(at, String(staged?.staging), 'part-log1-memory-0-0-0.jsonl.tmp'), 9)
  await expect(writer.publish(staged ?? {})).rejects.toMatchObject({ code: 'STAGED_DAMAGED' })
  expect(await parts(at)).toEqual([])
})

test.each([
  ['truncated', (path: string) => truncate(path, 9)],
  ['emptied', (path: string) => truncate(path, 0)],
  ['changed', async (path: string) => writeFile(path, (await readFile(path, 'utf8')).replace('"t', '"u'))],
])('a staged file that was %s after its record is an error, and is never published', async (_, damage) => {
  const at = await folder()
  const out = join(at, 'out')
  await expect(lake(at, 6, { a: jsonSink(out, { files: around(3, refusing) }) }).run()).rejects.toMatchObject({ code: 'SINK_FAILED' })
  const visible = await parts(out)
  const hidden = (await tree(out)).find((path) => /-3-0\.jsonl\.tmp$/.test(path)) ?? ''
  const text = await readFile(join(out, hidden))
  await damage(join(out, hidden))
  const damaged = { code: 'STAGED_DAMAGED', retryable: false, message: expect.stringContaining(hidden) }
  await expect(lake(at, 6, { a: jsonSink(out) }).run()).rejects.toMatchObject(damaged)
  expect(await parts(out)).toEqual(visible)
  // As the message says: restored, it continues.
  await writeFile(join(out, hidden), text)
  await lake(at, 6, { a: jsonSink(out) }).run()
  expect(await rowsOf(out)).toEqual(ids(6))
})

test('a folder that never takes the file ends in an error after a few tries', async () => {
  const at = await folder()
  let links = 0
  const link = async () => {
    links++
    throw Object.assign(new Error('ENOENT: made up'), { code: 'ENOENT' })
  }
  const writer = await jsonSink<Row>(at, { files: { ...nodeFiles, link } }).open({ logId: 'log1', task: 'memory-0', flow: 'a' }, Row)
  await writer.write(Batch.of(Row, [row(1)]))
  const staged = await writer.stage(0, 'a', { from: 0, to: 1, empty: false })
  await expect(writer.publish(staged ?? {})).rejects.toMatchObject({ code: 'SINK_FAILED' })
  expect(links).toBe(5)
})

test('a disk that is full at the start may be tried again', async () => {
  const at = await folder()
  const writeFile = async () => {
    throw Object.assign(new Error('ENOSPC: made up'), { code: 'ENOSPC' })
  }
  const run = lake(at, 1, { a: jsonSink(join(at, 'out'), { files: { ...nodeFiles, writeFile } }) }).run()
  await expect(run).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: true })
})

test('a log without its pipeline record is called damaged, not the target owned', async () => {
  const at = await folder()
  await lake(at, 2, { a: jsonSink(join(at, 'out')) }).run()
  await rm(join(at, 'log/pipeline.json'))
  await expect(lake(at, 3, { a: jsonSink(join(at, 'out')) }).run()).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
})

test('a mark remembers the last 500 logs that lost the target, which never get it back', async () => {
  const target = await folder()
  await mkdir(join(target, '.staging'))
  const older = Array.from({ length: 500 }, (_, n) => `log${n}`)
  await writeFile(join(target, '.staging/owner.tickets'), JSON.stringify({ log: 'last', before: older }))
  expect(await takeOwnership(storageAt(target), 'next', true)).toEqual([...older.slice(1), 'last'])
  expect(await readOwner(storageAt(target))).toEqual({ log: 'next', before: [...older.slice(1), 'last'] })
  for (const log of ['last', 'log1'])
    await expect(takeOwnership(storageAt(target), log, true)).rejects.toMatchObject({
      code: 'TARGET_OWNED',
      message: expect.stringContaining('older log'),
    })
})
