import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { deleteLog } from '../shared/checks.ts'
import { PARTITIONS } from './topic.ts'
import type { Work } from './worker.ts'

export interface GroupOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly output: string
  readonly tickets: number
  readonly processes: number
  /** The first process that has read so many tickets is killed; null: none. */
  readonly killAfter: number | null
}

/** Commits of each partition: so that a process is killed between two of them. */
const COMMITS = 4

/**
 * Runs a consumer group of processes until all of the topic is committed. `seconds` are from the first ticket that one of them has read to the
 * end of the last one, so without the start of Node and the first joining of the group.
 */
export async function runGroup({
  brokers,
  topic,
  output,
  tickets,
  processes,
  killAfter,
}: GroupOptions): Promise<{ seconds: number; killed: number }> {
  await deleteLog(`${output}-log`)
  const groupId = `scale-out-${randomUUID().slice(0, 8)}`
  const work: Work = { brokers, topic, output, groupId, rows: Math.max(1, Math.ceil(tickets / PARTITIONS / COMMITS)) }
  let killed: ChildProcess | null = null
  let began: number | null = null
  const children = Array.from({ length: processes }, () =>
    fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(work)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  )
  const stop = () => {
    for (const child of children) child.kill('SIGTERM')
  }
  process.once('SIGTERM', stop)
  try {
    const ended = children.map((child) => {
      let read = 0
      child.on('message', (rows: number) => {
        began ??= performance.now()
        read += rows
        if (killAfter === null || killed || read < killAfter) return
        killed = child
        child.kill('SIGKILL')
      })
      return new Promise<void>((done, fail) => {
        child.once('error', fail)
        child.once('exit', (code, signal) => {
          if (code === 0 || child === killed) done()
          else fail(new Error(`a process of the group ended with ${signal ?? `exit code ${code}`}; what it said is above`))
        })
      })
    })
    await Promise.all(ended)
  } catch (error) {
    stop()
    throw error
  } finally {
    process.off('SIGTERM', stop)
  }
  return {
    seconds: Math.round(performance.now() - (began ?? performance.now())) / 1000,
    killed: (killed as ChildProcess | null)?.signalCode === 'SIGKILL' ? 1 : 0,
  }
}
