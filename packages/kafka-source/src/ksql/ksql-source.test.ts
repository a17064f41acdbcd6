import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineSchema, instant, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySink } from '@tickets/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { type Answer, ksqlServer, ok, refuse } from '../../test/ksql-server.ts'
import { ksqlSource } from './ksql-source.ts'

const Visit = defineSchema(z.object({ id: z.int(), page: z.string(), at: instant(), note: z.string().optional() }), { name: 'visit', time: 'at' })
interface Visit {
  id: number
  page: string
  at: Date
  note?: string
}

let home = ''
let all = memorySink<Visit>('all')
let dead = memorySink<{ value: string }>('dead')
let server: Awaited<ReturnType<typeof ksqlServer>>
beforeEach(async () => {
  all = memorySink('all')
  dead = memorySink('dead')
  home = await mkdtemp(join(tmpdir(), 'tickets-ksql-'))
})
afterEach(async () => {
  await server?.close()
  await rm(home, { recursive: true, force: true })
})

const columns = { columnNames: ['ID', 'PAGE', 'AT', 'NOTE'], columnTypes: ['INTEGER', 'STRING', 'TIMESTAMP', 'STRING'] }
const row = (i: number, page = `é${i}😀`) => [i, page, `2026-01-01T00:00:${String(i % 60).padStart(2, '0')}.000`, null]
const text = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

const options = (more = {}) => ({ schema: Visit, url: server.url, query: 'SELECT * FROM visits;', spool: join(home, 'spool'), ...more })
function run(more = {}, signal?: AbortSignal) {
  const done = pipeline({
    name: 'visits',
    source: ksqlSource(options(more)),
    log: commitLog(join(home, 'log')),
    range: { time: '50 ms' },
    deadLetters: dead as never,
    retries: 0,
    flows: (visits) => ({ all: visits.pipe(into(all as never)) }),
  }).run({ handleSignals: false, ...(signal ? { signal } : {}) })
  return { done }
}

test('a pull query: a snapshot, whose lines are cut anywhere and slow; read once, and never again', async () => {
  const bytes = Buffer.from(text(columns, row(1), row(2), [7, 'too big', '2026-01-01T00:00:00Z', 'n']).replace('[7', '[9007199254740993').trimEnd())
  const seen: unknown[] = []
  server = await ksqlServer([
    async (stream, { properties, authorization }) => {
      seen.push(properties, authorization)
      ok(stream)
      // Within a line, and within a character.
      for (let at = 0; at < bytes.length; at += 7) {
        stream.write(bytes.subarray(at, at + 7))
        await sleep(1)
      }
      stream.end()
    },
  ])
  const { done } = run({ query: 'SELECT * FROM visits;', user: 'me', password: 'word', properties: { a: 'b' } })
  expect(await done).toMatchObject({ how: 'done', rows: 3, rejected: 1 })
  expect(all.rows).toEqual([1, 2].map((i) => ({ id: i, page: `é${i}😀`, at: new Date(Date.UTC(2026, 0, 1, 0, 0, i)) })))
  expect(dead.rows[0]?.value).toBe('[9007199254740993,"too big","2026-01-01T00:00:00Z","n"]')
  expect(seen).toEqual([{ a: 'b' }, `Basic ${Buffer.from('me:word').toString('base64')}`])
  expect(await run().done).toMatchObject({ rows: 0 })
  expect(server.asked.length).toBe(1)
})

test('nothing is kept of a snapshot that is not whole, or that has other columns', async () => {
  const cut: Answer = async (stream) => {
    ok(stream)
    stream.write(text(columns, row(1)))
    await sleep(20)
    server.cut()
  }
  const during: Answer = (stream) => {
    ok(stream)
    stream.end(text(columns, row(1), { '@type': 'generic_error', error_code: 50000, message: 'Unable to execute' }))
  }
  const other: Answer = (stream) => {
    ok(stream)
    stream.end(text({ columnNames: ['ID', 'PAGE'], columnTypes: ['STRING', 'STRING'] }))
  }
  server = await ksqlServer([(stream) => refuse(stream, 400, 40001, 'Missing semicolon'), during, cut, () => {}, other])
  const fails = async (code: string, retryable: boolean, says = '') =>
    expect(run({ answerWithin: 200 }).done).rejects.toMatchObject({ code, retryable, message: expect.stringContaining(says) })
  await fails('SOURCE_FAILED', false)
  await fails('SOURCE_FAILED', true)
  await fails('SOURCE_UNREACHABLE', true)
  await fails('SOURCE_UNREACHABLE', true)
  await fails('SCHEMA_MISMATCH', false, 'the column ID is STRING, and "id" of visit is integer')
  expect(await readdir(join(home, 'spool'))).toEqual([])
})

const push = { query: 'SELECT ID, PAGE, AT, ROWPARTITION, ROWOFFSET FROM visits EMIT CHANGES;' }
const pushed = {
  queryId: 'q1',
  columnNames: ['ID', 'PAGE', 'AT', 'ROWPARTITION', 'ROWOFFSET'],
  columnTypes: ['INTEGER', 'STRING', 'BIGINT', 'INTEGER', 'BIGINT'],
}
const at = (i: number) => [i, 'p', 1000 * i, i % 2, Math.floor(i / 2)]

test('a push query that breaks, is refused for a while, and begins anew: each row once, also for the next process', async () => {
  const upTo =
    (n: number, then: () => void = () => {}): Answer =>
    async (stream, { properties }) => {
      expect(properties).toEqual({ 'auto.offset.reset': 'earliest' })
      ok(stream)
      // Partitions come in another order each time.
      const numbers = [...Array(n).keys()]
      stream.write(text(pushed, ...[...numbers.filter((i) => i % 2 === n % 2), ...numbers.filter((i) => i % 2 !== n % 2)].map(at)))
      await sleep(30)
      then()
    }
  server = await ksqlServer([upTo(5, () => server.cut()), (stream) => refuse(stream, 503, 50300, 'starting'), upTo(8), upTo(11)])
  const reached = async (n: number) => {
    for (let tries = 0; all.rows.length < n && tries < 1000; tries++) await sleep(10)
  }
  const [first, second] = [new AbortController(), new AbortController()]
  const one = run(push, first.signal)
  await reached(8)
  first.abort()
  expect(await one.done).toMatchObject({ how: 'stopped' })
  expect(server.closed).toEqual(['q1'])
  const [spool = ''] = (await readdir(join(home, 'spool'))).filter((name) => name.endsWith('.jsonl'))
  // What a process that was killed has left of a line.
  await appendFile(join(home, 'spool', spool), '{"id":99,"pa')
  const two = run(push, second.signal)
  await reached(11)
  second.abort()
  await two.done
  expect(all.rows.map(({ id }) => id).sort((a, b) => a - b)).toEqual([...Array(11).keys()])
  expect((await readFile(join(home, 'spool', spool), 'utf8')).trimEnd().split('\n').length).toBe(11)
})

test('a push query that cannot continue is refused, unless rows may come again', async () => {
  const plain = { queryId: 'q2', columnNames: ['ID', 'PAGE', 'AT'], columnTypes: ['INTEGER', 'STRING', 'BIGINT'] }
  server = await ksqlServer([
    (stream) => {
      ok(stream)
      stream.write(text(plain, [1, 'p', 1000]))
    },
  ])
  const query = 'SELECT * FROM visits EMIT CHANGES;'
  await expect(run({ query }).done).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('ROWPARTITION') })
  const stop = new AbortController()
  const { done } = run({ query, atLeastOnce: true }, stop.signal)
  for (let tries = 0; all.rows.length < 1 && tries < 1000; tries++) await sleep(10)
  stop.abort()
  await done
  expect(all.rows.length).toBe(1)
})

test('nonsense is refused at once', async () => {
  server = await ksqlServer([])
  for (const wrong of [
    { url: 'localhost:8088' },
    { url: 'http://me:word@localhost' },
    { url: 'http://:word@localhost' },
    { query: 'DROP TABLE visits;' },
    { topic: 'a/b' },
  ]) {
    expect(() => ksqlSource(options(wrong))).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  }
})
