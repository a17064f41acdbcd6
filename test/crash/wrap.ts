import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CommitLog, isTicketsError, type Json, type Reader, type Sink, type Source, type Staged, TicketsError, type Writer } from '@tickets/core'
import type { WorkerConfig } from './config.ts'
import { say, type Trigger } from './trigger.ts'

const SAME = 'sameid00'

/** The log, with points around the commit, and rules of its own to break. */
export function crashingLog(log: CommitLog, { sabotage }: WorkerConfig, trigger: Trigger): CommitLog {
  const justAppended = new Map<string, number>()
  return {
    async begin(record) {
      const standing = await log.begin(record)
      await trigger.pass('after-begin', '')
      return standing
    },
    pipeline: () => log.pipeline(),
    head: (task) => log.head(task),
    async latest(task) {
      const n = justAppended.get(task)
      justAppended.delete(task)
      return sabotage === 'listing' && n !== undefined ? n : log.latest(task)
    },
    async append(task, record) {
      trigger.recovered(task)
      await trigger.pass('staged', task)
      const outcome = await log.append(task, sabotage === 'attempt' ? { ...record, attempt: SAME } : record)
      justAppended.set(task, record.n)
      if (outcome === 'appended') await trigger.pass('recorded', task)
      return outcome
    },
    read: (task, after) => log.read(task, after),
    prune: (task, below) => log.prune(task, below),
    putState: (task, name, bytes) => log.putState(task, name, bytes),
    getState: (task, name) => log.getState(task, name),
    sweepState: (task, head, keep) => log.sweepState(task, head, keep),
  }
}

/** What a record says of its staged files, made to fit what stands there. */
async function asFound(staged: Staged, folder: string): Promise<Staged> {
  const { staging, files } = staged as { staging?: string; files?: readonly { name: string; rows: number; bytes: number }[] }
  if (staging === undefined || files === undefined) return staged
  const found = files.map(async ({ name, bytes, rows }) => {
    const { size } = await stat(join(folder, staging, `${basename(name)}.tmp`)).catch(() => ({ size: bytes }))
    return { name, rows, bytes: size }
  })
  return { staging, files: await Promise.all(found) }
}

async function fencedIfExpired<R>(work: Promise<R>): Promise<R> {
  return work.catch((error: unknown) => {
    if (isTicketsError(error) && error.message.includes('longer than transactionTimeout'))
      throw new TicketsError('TASK_LOST', 'another process writes these rows now', { retryable: true })
    throw error
  })
}

/** A sink on files, with points between its steps. */
export function crashingSink<T>(sink: Sink<T>, folder: string, config: WorkerConfig, trigger: Trigger): Sink<T> {
  const { sabotage, slowSink } = config
  return {
    ...sink,
    ...(sabotage === 'alias' ? { place: async () => sink.target ?? '' } : {}),
    ...(sabotage === 'behind' ? { reached: async () => ({}) } : {}),
    ...(sabotage === 'owner'
      ? { begin: async (how: Parameters<NonNullable<typeof sink.begin>>[0]) => sink.begin?.({ ...how, published: false }) }
      : {}),
    async open({ logId, task, flow }, schema) {
      const writer = await sink.open({ logId, task, flow }, schema)
      const wrapped: Writer<T> = {
        async write(batch) {
          await trigger.pass('before-stage', task)
          if (slowSink !== undefined) await sleep(slowSink)
          await writer.write(batch)
        },
        async stage(n, attempt, range) {
          const staging = writer.stage(n, sabotage === 'attempt' ? SAME : attempt, range)
          const staged = await (sabotage === 'expired' ? fencedIfExpired(staging) : staging)
          if (staged && sabotage === 'early') await writer.publish(staged)
          return staged
        },
        async publish(staged) {
          if (sabotage === 'redo' && trigger.isRecovering(task)) return
          await trigger.pass('before-publish', task)
          const publishing = writer.publish(sabotage === 'unchecked' ? await asFound(staged, folder) : staged)
          await (sabotage === 'expired' ? fencedIfExpired(publishing) : publishing)
          await trigger.pass('after-publish', task)
        },
        async sweep(head) {
          await trigger.pass('before-sweep', task)
          if (sabotage === 'no-sweep') return
          if (sabotage !== 'sweep') return writer.sweep(sabotage === 'attempt' ? { ...head, attempt: SAME } : head)
          const staging = join(folder, '.staging', logId, flow, task)
          for (const name of await readdir(staging).catch(() => []))
            if (name !== `${head.n}-${head.attempt}`) await rm(join(staging, name), { recursive: true, force: true })
        },
        close: () => writer.close(),
      }
      return wrapped
    },
  }
}

/** The source, with a pace, and points at opening and at the offset. */
export function crashingSource<T, P extends Json>(source: Source<T, P>, { pace }: WorkerConfig, trigger: Trigger): Source<T, P> {
  const wrapReader = (reader: Reader<T, P>, task: string): Reader<T, P> => ({
    async read(max) {
      const chunk = await reader.read(pace ? { ...max, rows: Math.min(max.rows, pace.rows) } : max)
      if (pace && chunk !== 'end') await sleep(pace.ms)
      return chunk
    },
    async commit(position, note) {
      await trigger.pass('published', task)
      await reader.commit?.(position, note)
      await trigger.pass('offset-committed', task)
    },
    close: () => reader.close(),
  })
  return {
    name: source.name,
    schema: source.schema,
    until: source.until,
    ...(source.keyedBy ? { keyedBy: source.keyedBy } : {}),
    describe: () => source.describe(),
    partitions: (on) =>
      source.partitions({
        ...on,
        assigned: (partitions) => {
          say({ assigned: partitions })
          on.assigned(partitions)
        },
      }),
    async open(task, from, options) {
      await trigger.pass('opening', task)
      trigger.recovered(task)
      return wrapReader(await source.open(task, from, options), task)
    },
    ...(source.checkOffsets ? { checkOffsets: (log) => source.checkOffsets?.(log) ?? Promise.resolve() } : {}),
  }
}
