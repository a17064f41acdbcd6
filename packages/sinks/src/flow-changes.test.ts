import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CommitLog, count, defineSchema, type FlowChanges, instant, into, pipeline, type Sink, tumbling, windowed } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { jsonSink } from './file-sink.ts'

const Event = defineSchema(z.object({ at: instant(), i: z.int() }), { name: 'event', version: 1, time: 'at' })

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'changes-'))
})
afterEach(() => rm(dir, { recursive: true }))

const add = (...all: number[]) =>
  appendFile(join(dir, 'events.jsonl'), all.map((i) => `${JSON.stringify({ at: new Date(Date.UTC(2026, 0, 1, 0, i)), i })}\n`).join(''))

const run = (flows: readonly string[], changes?: FlowChanges, log: CommitLog = commitLog(join(dir, 'log')), by = 1) =>
  pipeline({
    name: 'changing',
    source: jsonLines(join(dir, 'events.jsonl'), { schema: Event }),
    log,
    ...(changes ? { changes } : {}),
    flows: (events) => {
      const all = {
        a: events.pipe(into(jsonSink(join(dir, 'a')))),
        b: events.pipe(into(jsonSink(join(dir, 'b')))),
        minutes: events.pipe(
          windowed(tumbling({ size: by * 60_000 }), { aggregate: { rows: count() } }),
          into(jsonSink(join(dir, 'minutes')) as Sink<unknown>),
        ),
      }
      return Object.fromEntries(Object.entries(all).filter(([name]) => flows.includes(name)))
    },
  }).run({ handleSignals: false })

async function linesOf(flow: string): Promise<unknown[]> {
  const names = (await readdir(join(dir, flow))).filter((name) => name.startsWith('part-'))
  const texts = await Promise.all(names.sort().map((name) => readFile(join(dir, flow, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => JSON.parse(line))
}

const rowsOf = async (flow: string) => (await linesOf(flow)).map((row) => (row as { i: number }).i)

test('flows join a log on a disk, with targets of their own, and continue after restarts', async () => {
  await add(1, 2, 3)
  await run(['a'])
  await add(4, 5)
  await run(['a', 'b', 'minutes'], { added: 'current' })
  await add(6)
  await run(['a', 'b', 'minutes'])
  expect(await rowsOf('a')).toEqual([1, 2, 3, 4, 5, 6])
  expect(await rowsOf('b')).toEqual([4, 5, 6])
  expect((await rowsOf('minutes')).length).toBe(3)
  await rm(join(dir, 'b'), { recursive: true })
  await add(7)
  // It has published, so a folder that is gone is an error like any other flow's.
  await expect(run(['a', 'b', 'minutes'])).rejects.toMatchObject({ code: 'TARGET_LOST' })
})

test('a process that dies between the record of the change and the mark of the target is taken up', async () => {
  await add(1)
  await run(['a'])
  await add(2)
  const inner = commitLog(join(dir, 'log'))
  const append: CommitLog['append'] = async (task, record) => {
    await inner.append(task, record)
    throw new Error('killed')
  }
  const dying = new Proxy(inner, { get: (of, name) => (name === 'append' ? append : Reflect.get(of, name).bind(of)) })
  await expect(run(['a', 'b'], { added: 'current' }, dying)).rejects.toThrow('killed')
  expect(await rowsOf('a')).toEqual([1])
  await run(['a', 'b'])
  expect([await rowsOf('a'), await rowsOf('b')]).toEqual([[1, 2], [2]])
})

test('a changed flow writes to a folder beside, a dropped one keeps its own, and both continue after restarts', async () => {
  const changes: FlowChanges = { added: 'current', changed: 'next-version', dropped: 'remember' }
  const log = () => commitLog(join(dir, 'log'))
  await add(1, 2, 3)
  await run(['a', 'b', 'minutes'], changes, log())
  const before = await readdir(join(dir, 'minutes'))
  await add(4, 5, 8)
  await run(['a', 'minutes'], changes, log(), 2)
  await add(9, 12)
  await run(['a', 'minutes'], undefined, log(), 2)
  expect(await rowsOf('a')).toEqual([1, 2, 3, 4, 5, 8, 9, 12])
  expect(await rowsOf('b')).toEqual([1, 2, 3])
  expect((await readdir(join(dir, 'minutes'))).sort()).toEqual(before.sort())
  expect((await readdir(dir)).sort()).toEqual(['a', 'b', 'events.jsonl', 'log', 'minutes', 'minutes.v2'])
  const starts = (await linesOf('minutes.v2')).map((row) => (row as { window_start: string }).window_start.slice(14, 16))
  expect([...new Set(starts)].sort()).toEqual(['04', '08', '12'])
  await run(['a', 'b', 'minutes'], changes, log(), 2)
  await add(13)
  await run(['a', 'b', 'minutes'], undefined, log(), 2)
  expect(await rowsOf('b')).toEqual([1, 2, 3, 13])
})
