import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Ticket, ticketStream } from '@tickets/core'
import { ensureTopic, produceTickets } from '@tickets/kafka-source'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../broker/shared.ts'

const brokers = await sharedBroker('memory behind a sink that blocks')
const built = existsSync(new URL('../../packages/sinks/dist/index.js', import.meta.url))
if (brokers && !built) console.warn('Left out: memory behind a sink that blocks. It runs the built packages: node scripts/build.ts')

interface Said {
  readonly rss: number
  readonly read: number
  readonly opened: number
}

const running: ChildProcess[] = []
const folders: string[] = []
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

function worker(...args: string[]) {
  const [packages, program] = ['../crash/packages.ts', './worker.ts'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const child = spawn(process.execPath, ['--import', packages ?? '', program ?? '', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const said: Said[] = []
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Said))
  return { child, said, last: () => said.at(-1) ?? { rss: 0, read: 0, opened: 0 } }
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))
const wait = { timeout: 60_000, interval: 100 }

/** One chunk a partition at the most: what was read before the sink took its time. */
const CHUNKS = 2 * 16_384
/** What a garbage collector may leave lying about, in MiB; the topic alone is several times as much. */
const SLACK = 80

describe.skipIf(!brokers || !built)('law 8, 2.6: a sink that blocks', () => {
  it('holds reading up, before and after a rebalance, however full the topic is', { timeout: 180_000 }, async () => {
    const [address, topic] = [brokers ?? [], `bound-${process.pid}-${Date.now()}`]
    await ensureTopic({ brokers: address, topic, partitions: 2 })
    await produceTickets({ brokers: address, topic, schema: Ticket, source: ticketStream({ tickets: 400_000 }), partition: (_, i) => i % 2 })
    const log = await mkdtemp(join(tmpdir(), 'tickets-bound-'))
    folders.push(log)
    const args = [address.join(','), topic, `${topic}-group`, log] as const

    const first = worker(...args)
    await vi.waitUntil(() => first.last().read > 0, wait)
    await sleep(2000)
    const { rss, opened } = first.last()
    expect(opened).toBe(2)
    await sleep(4000)
    expect(first.last().read).toBeLessThanOrEqual(CHUNKS)
    expect(first.last().rss).toBeLessThan(rss + SLACK)

    // A second member takes one partition, and gives it back when it dies: each time the group is made anew.
    const second = worker(...args)
    await vi.waitUntil(() => second.last().opened > 0 && first.last().opened > opened, wait)
    const between = first.last().opened
    second.child.kill('SIGKILL')
    await vi.waitUntil(() => first.last().opened >= between + 2, wait)
    await vi.waitUntil(() => first.last().read > 0, wait)
    await sleep(4000)
    expect(first.last().read).toBeLessThanOrEqual(CHUNKS)
    expect(first.last().rss).toBeLessThan(rss + SLACK)
    expect(first.child.exitCode).toBeNull()
  })
})
