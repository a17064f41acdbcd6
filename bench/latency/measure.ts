import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ensureTopic } from '@tickets/kafka-source'
import type { BenchBucket } from '../buckets/bucket.ts'
import { literal, withDatabase } from '../runner/database.ts'
import { watchFiles } from './visible.ts'

export interface LatencyOptions {
  readonly brokers: string
  readonly to: 'files' | 'callback'
  /** Where files and log lie instead of on the local disk. */
  readonly bucket?: BenchBucket
  /** Milliseconds. */
  readonly range: number
  readonly rate: number
  /** Seconds that count, and those before them that do not. */
  readonly seconds: number
  readonly warmUp: number
  readonly partitions: number
  /** Added to the command of the process that reads, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[]
}

export interface Latency {
  readonly to: LatencyOptions['to']
  readonly range: number
  /** Tickets, or rows of updates, that were measured. */
  readonly rows: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Bytes: the most physical memory that the process held. */
  readonly memory: number
  /** Of one core. */
  readonly cpu: number
  /** In the folder that was watched, from the first to the last. */
  readonly files: number
}

/** Clock ticks a second in /proc. */
const TICKS = 100
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url))

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<void> } {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`${args.find((arg) => arg.endsWith('.ts'))} ended with ${code}`)
  })
  ended.catch(() => {})
  return { child, ended }
}

function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(stat[11]) + Number(stat[12])) / TICKS
}

const peakOf = (pid: number) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** Tickets of the time that counts, and how long each took; `pairs` is a query for `made` and `seen` in epoch milliseconds. */
async function percentiles(pairs: string, from: number, to: number) {
  return withDatabase(async (db) => {
    const [found] = await db.rows(
      `SELECT count(*) AS rows, count(*) FILTER (seen IS NULL) AS unseen, quantile_disc(seen - made, 0.5) AS p50, quantile_disc(seen - made, 0.99) AS p99,
              max(seen - made) AS most FROM (${pairs}) WHERE made BETWEEN ${from} AND ${to}`,
    )
    if (Number(found?.unseen) > 0) throw new Error(`${found?.unseen} rows lie in files that the watcher did not see`)
    return { rows: Number(found?.rows), p50: Number(found?.p50), p99: Number(found?.p99), max: Number(found?.most) }
  })
}

/** Produces at a steady rate beside a pipeline, and looks how long after its making a ticket is there to be read. */
export async function measureLatency(options: LatencyOptions): Promise<Latency> {
  const { brokers, to, bucket, range, rate, seconds, warmUp, partitions, nodeOptions = [] } = options
  const home = await mkdtemp(join(tmpdir(), 'tickets-latency-'))
  const [out, scratch] = [join(home, 'out'), join(home, 'scratch')]
  const topic = `latency-${range}-${Date.now()}`
  const [dataset, folder] = ['tickets_with_assignment', join(out, 'tickets_with_assignment')]
  await mkdir(scratch)
  const visible = bucket ? bucket.watch(`${topic}/out/${dataset}/`) : await watchFiles(folder)
  const places = bucket ? [bucket.place(`${topic}/out`), bucket.place(`${topic}/scratch`)] : [out, scratch]
  await ensureTopic({ brokers: brokers.split(','), topic, partitions })
  const job = program(to === 'files' ? './lake.job.ts' : './updates.job.ts')
  const reader = start([...nodeOptions, job, brokers, topic, ...places, String(range)])
  const pid = reader.child.pid as number
  try {
    // It has joined its group when it has made its empty files; the callback has none.
    for (let i = 0; i < 100 && visible.since.size === 0; i++) await Promise.race([sleep(100), reader.ended])
    const producer = start([program('./producer.ts'), brokers, topic, String(rate), String(warmUp + seconds)])
    await Promise.race([sleep(warmUp * 1000), reader.ended])
    const cpu = cpuOf(pid)
    const from = Date.now()
    await Promise.race([producer.ended, reader.ended])
    const until = Date.now()
    const share = (cpuOf(pid) - cpu) / ((until - from) / 1000)
    await sleep(range * 1.2 + 2000)
    const memory = peakOf(pid)
    reader.child.kill('SIGTERM')
    await reader.ended
    await bucket?.take(`${topic}/`, home)
    const files = [...visible.since]
    const pairs =
      to === 'files'
        ? `SELECT epoch_ms(created_at) AS made, seen FROM read_parquet(${literal(`${folder}/*.parquet`)}, filename = true) AS t
           LEFT JOIN (VALUES ${files.map(([name, at]) => `(${literal(join(folder, name))}, ${at})`).join(', ')}) AS f (name, seen) ON f.name = t.filename`
        : `SELECT made, seen FROM read_csv(${literal(join(out, 'seen'))}, header = false, delim = ' ', names = ['made', 'seen'])`
    const found = await percentiles(pairs, from, until)
    if (to === 'files' && Math.abs(found.rows / (rate * ((until - from) / 1000)) - 1) > 0.1) {
      throw new Error(`${found.rows} tickets in ${(until - from) / 1000} s is not the rate asked for`)
    }
    return { to, range, ...found, memory, cpu: share, files: files.length }
  } finally {
    visible.stop()
    if (reader.child.exitCode === null) reader.child.kill('SIGKILL')
    await rm(home, { recursive: true, force: true })
  }
}
