import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { count, generator, into, pipeline, type Sink, Ticket, TicketsError, tumbling, type Writer, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memoryLog, memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import { type Monitor, monitor, prometheusText, serveMonitor } from '@tickets/monitor'
import { parquetSink } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import { programOf, runPromtool } from '../../../test/prometheus/promtool.ts'
import { ticket } from '../../kafka-source/test/helpers.ts'
import { duck, folder } from '../../sinks/test/helpers.ts'
import { changed } from './changed-sink.ts'

/** The sum of a counter over its series with these labels. */
function counted(watched: Monitor, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const family = watched.read().find((one) => one.name === name)
  const has = (found: Readonly<Record<string, string>>) => Object.entries(labels).every(([label, value]) => found[label] === value)
  return (family?.values ?? []).filter((one) => has(one.labels)).reduce((sum, { value }) => sum + value, 0)
}

/** What stands in a folder of Parquet, by readers that are not ours. */
async function lying(path: string) {
  const names = (await readdir(path)).filter((name) => name.endsWith('.parquet'))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size))
  const [found] = await duck(`SELECT count(*)::INT AS rows FROM read_parquet('${path}/*.parquet')`)
  return { rows: Number(found?.rows), files: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

const written = (watched: Monitor, flow: string) => ({
  rows: counted(watched, 'tickets_rows_written_total', { flow }),
  files: counted(watched, 'tickets_files_written_total', { flow }),
  bytes: counted(watched, 'tickets_bytes_written_total', { flow }),
})

describe('a pipeline into Parquet', () => {
  /** Tickets, and windows of them, some of whose rows are late. */
  async function lake(watched: Monitor, change: (writer: Writer<Ticket>) => Partial<Writer<Ticket>> = () => ({})) {
    const path = await folder()
    const all = join(path, 'tickets')
    const hourly = join(path, 'hourly')
    const summary = await pipeline({
      name: 'lake',
      source: generator({ tickets: 5_000, partitions: 3 }),
      log: commitLog(join(path, 'log')),
      range: { rows: 500 },
      telemetry: watched,
      flows: (tickets) => ({
        tickets: tickets.pipe(into(changed(parquetSink(all), change))),
        hourly: tickets.pipe(windowed(tumbling({ size: '2 seconds' }), { aggregate: { tickets: count() } }), into(parquetSink(hourly))),
      }),
    }).run({ handleSignals: false })
    return { summary, all, hourly }
  }

  test('has metrics that equal what DuckDB counts', async () => {
    const watched = monitor()
    const { summary, all, hourly } = await lake(watched)
    expect(await lying(all)).toMatchObject({ rows: 5_000 })
    expect(written(watched, 'tickets')).toEqual(await lying(all))
    expect(written(watched, 'hourly')).toEqual(await lying(hourly))
    expect(counted(watched, 'tickets_rows_read_total')).toBe(5_000)
    expect(summary.late['hourly/windowed']).toBeGreaterThan(0)
    expect(counted(watched, 'tickets_rows_late_total', { flow: 'hourly', operator: 'windowed' })).toBe(summary.late['hourly/windowed'])
    expect(watched.status()).toMatchObject([{ name: 'lake', state: 'done', errors: [] }])
  })

  test('has metrics that promtool accepts', async () => {
    const path = await programOf('promtool')
    if (path === null) return
    const watched = monitor()
    await lake(watched)
    expect(await runPromtool(path, ['check', 'metrics'], prometheusText(watched))).toEqual({ code: 0, said: '' })
    // It reads what it is given.
    expect((await runPromtool(path, ['check', 'metrics'], 'tickets_up{pipeline="a} 1\n')).code).not.toBe(0)
  })

  test('counts the faults of a sink, and each row once', async () => {
    const watched = monitor()
    let faults = 0
    const { all } = await lake(watched, (writer) => ({
      async publish(staged) {
        if (++faults <= 2) throw new TicketsError('SINK_FAILED', 'the disk is busy', { retryable: true })
        await writer.publish(staged)
      },
    }))
    expect(counted(watched, 'tickets_retries_total', { code: 'SINK_FAILED' })).toBe(2)
    expect(written(watched, 'tickets')).toEqual(await lying(all))
    expect(watched.status()[0]?.errors.map(({ code }) => code)).toEqual(['SINK_FAILED', 'SINK_FAILED'])
  })
})

describe('over HTTP', () => {
  const secret = 'canary-7f3a'
  const row = (i: number) => ({
    ticket_id: `T-${i}`,
    created_at: '2026-01-01T00:00:00Z',
    client_id: 'c',
    request: secret,
    request_type: 'billing',
    priority: 'low',
  })

  /** A pipeline that runs until it is stopped, into this sink. */
  function endless(watched: Monitor, sink: Sink<Ticket>) {
    const stop = new AbortController()
    const messages = messagesOf([...Array.from({ length: 20 }, (_, i) => row(i)), `invalid ${secret}`])
    const done = pipeline({
      name: 'endless',
      source: memorySource({ schema: Ticket, partitions: [messages], until: 'never' }),
      log: memoryLog(),
      range: { time: 50 },
      deadLetters: memorySink('dead'),
      telemetry: watched,
      flows: (tickets) => ({ tickets: tickets.pipe(into(sink)) }),
    }).run({ handleSignals: false, signal: stop.signal })
    return { done, stop: () => stop.abort() }
  }

  /** The answer of `/readyz`, once it has this status. */
  async function ready(url: string, status: number): Promise<string> {
    for (;;) {
      const response = await fetch(`${url}/readyz`)
      const text = await response.text()
      if (response.status === status) return text
      await new Promise((done) => setTimeout(done, 20))
    }
  }

  test('readiness ends while a sink hangs, and comes back', async () => {
    const watched = monitor()
    const server = await serveMonitor(watched, { port: 0 })
    expect(await ready(server.url, 503)).toBe('no pipeline has started yet\n')
    let release = () => {}
    const hangs = new Promise<void>((done) => {
      release = done
    })
    const { done, stop } = endless(
      watched,
      changed(memorySink<Ticket>('tickets'), (writer) => ({
        async stage(n, attempt, range) {
          if (!range.empty) await hangs
          return writer.stage(n, attempt, range)
        },
      })),
    )
    await ready(server.url, 200)
    expect(await ready(server.url, 503)).toMatch(/^endless: rows of memory-0 wait, and none was committed for \d+ s\n$/)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    release()
    await ready(server.url, 200)
    stop()
    await done
    expect(await ready(server.url, 503)).toBe('all runs have ended\n')
    await server.close()
  })

  test('no page holds what rows, targets or errors hold', async () => {
    const watched = monitor()
    const server = await serveMonitor(watched, { port: 0 })
    const sink = memorySink<Ticket>('tickets')
    const { done } = endless(watched, {
      ...changed(sink, () => ({
        async publish() {
          throw new Error(`Access denied for user 'app' (using password: ${secret})`)
        },
      })),
      target: `mysql://app:${secret}@localhost/tickets`,
    })
    await expect(done).rejects.toThrow(secret)
    const pages = await Promise.all(['/metrics', '/status', '/healthz', '/readyz'].map(async (page) => (await fetch(`${server.url}${page}`)).text()))
    expect(pages[1]).toContain('mysql://localhost/tickets')
    expect(pages[2]).toBe('endless has failed: SINK_FAILED\n')
    expect(pages.filter((page) => page.includes(secret))).toEqual([])
    await server.close()
  })
})

test('a pipeline whose fast partition is held back by maxDrift is ready, and says so', async () => {
  const watched = monitor({ patience: 1 })
  const row = (i: number, seconds: number) => ({
    ...ticket(i),
    created_at: new Date(1_700_000_000_000 + seconds * 1000),
  })
  const slow = messagesOf([row(0, 0)])
  const fast = messagesOf(Array.from({ length: 50 }, (_, i) => row(i + 1, i * 600)))
  const stop = new AbortController()
  const sink = memorySink<Ticket>('held')
  const running = pipeline({
    name: 'lake',
    source: memorySource({ schema: Ticket, partitions: [fast, slow], chunk: 1, until: 'never' }),
    log: memoryLog(),
    range: { time: '100ms' },
    maxDrift: '1 hour',
    idleTimeout: '1 hour',
    telemetry: watched,
    flows: (tickets) => ({ all: tickets.pipe(into(sink)) }),
  }).run({ handleSignals: false, signal: stop.signal })
  const notes = ['lake: memory-0 is held back: its event time is more than maxDrift ahead of the slowest partition']
  await expect.poll(() => watched.readiness(), { timeout: 20_000 }).toEqual({ ok: true, reasons: [], notes })
  await expect.poll(() => sink.rows.length, { timeout: 20_000 }).toBeGreaterThan(2)
  const { length } = sink.rows
  expect(length).toBeLessThan(51)
  for (let looks = 0; looks < 10; looks++) {
    await new Promise((done) => setTimeout(done, 100))
    expect(watched.readiness()).toEqual({ ok: true, reasons: [], notes })
  }
  stop.abort()
  await running
  expect(sink.rows.length).toBe(length)
})
