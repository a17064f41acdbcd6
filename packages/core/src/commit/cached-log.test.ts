import { expect, it } from 'vitest'
import type { LogRecord } from '../connectors/commit-log.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { withRecentRecords } from './cached-log.ts'

const record = (n: number, attempt = 'a'): LogRecord => ({ n, attempt, files: {}, body: { n } })
const read = async (log: ReturnType<typeof withRecentRecords>, after: number) => {
  const found: LogRecord[] = []
  for await (const each of log.read('t', after)) found.push(each)
  return found
}

/** A log that tells which records were read back from it. */
function spied() {
  const log = memoryLog()
  const seen: number[] = []
  const inner = log.read.bind(log)
  log.read = async function* (task, after) {
    for await (const each of inner(task, after)) {
      seen.push(each.n)
      yield each
    }
  }
  return { log, seen }
}

it('hands over what this process appended, without reading it back', async () => {
  const { log, seen } = spied()
  const recent = withRecentRecords(log)
  for (const n of [0, 1, 2]) await recent.append('t', record(n))
  expect(await read(recent, 0)).toEqual([record(1), record(2)])
  expect(seen).toEqual([])
  expect(await read(recent, 0)).toEqual([record(1), record(2)])
  expect(seen).toEqual([1, 2])
})

it('reads what others appended, before and after', async () => {
  const { log } = spied()
  const recent = withRecentRecords(log)
  await log.append('t', record(0, 'other'))
  await recent.append('t', record(1))
  await log.append('t', record(2, 'other'))
  expect(await read(recent, -1)).toEqual([record(0, 'other'), record(1), record(2, 'other')])
})

it('does not hand over a record that another one was before', async () => {
  const { log } = spied()
  const recent = withRecentRecords(log)
  await log.append('t', record(0, 'other'))
  expect(await recent.append('t', record(0))).toBe('exists')
  expect(await read(recent, -1)).toEqual([record(0, 'other')])
})

it('keeps only the last few, whatever is read', async () => {
  const { log, seen } = spied()
  const recent = withRecentRecords(log)
  for (let n = 0; n < 100; n++) await recent.append('t', record(n))
  expect((await read(recent, -1)).map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  expect(seen.length).toBe(100)
})

it('waits for the answer to an append whose record can be listed already', async () => {
  const { log, seen } = spied()
  const append = log.append.bind(log)
  let answer = () => {}
  log.append = async (task, one) => {
    const outcome = await append(task, one)
    await new Promise<void>((resolve) => {
      answer = resolve
    })
    return outcome
  }
  const recent = withRecentRecords(log)
  const appended = recent.append('t', record(0))
  await new Promise((resolve) => setTimeout(resolve))
  expect(await log.latest('t')).toBe(0)
  const found = read(recent, -1)
  answer()
  expect(await appended).toBe('appended')
  expect(await found).toEqual([record(0)])
  expect(seen).toEqual([])
})

it('an append that fails stops no reader', async () => {
  const { log } = spied()
  log.append = () => Promise.reject(new Error('made up'))
  const recent = withRecentRecords(log)
  await expect(recent.append('t', record(0))).rejects.toThrow('made up')
  expect(await read(recent, -1)).toEqual([])
})
