import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { raceRevoked } from './revocation.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1))

/** What no handler took. */
async function unhandledDuring(work: () => Promise<void>): Promise<unknown[]> {
  const seen: unknown[] = []
  const note = (reason: unknown) => void seen.push(reason)
  const before = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
  await work()
  await turn()
  process.off('unhandledRejection', note)
  for (const listener of before) process.on('unhandledRejection', listener)
  return seen
}

test('waits for the work, and tells its error', async () => {
  const { signal } = new AbortController()
  await expect(raceRevoked('t-0', signal, Promise.resolve())).resolves.toBeUndefined()
  await expect(raceRevoked('t-0', signal, Promise.reject(new Error('full')))).rejects.toThrow('full')
})

test('does not wait for work that hangs once the partition is gone', async () => {
  const revocation = new AbortController()
  const waiting = raceRevoked('t-0', revocation.signal, new Promise(() => {}))
  revocation.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
})

test.each(['before', 'while'])('work that fails when the partition went %s it is no unhandled rejection', async (when) => {
  const unhandled = await unhandledDuring(async () => {
    const revocation = new AbortController()
    if (when === 'before') revocation.abort()
    const failing = turn().then(() => Promise.reject(new Error('late')))
    const waiting = raceRevoked('t-0', revocation.signal, failing)
    revocation.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'TASK_LOST' })
    await turn()
  })
  expect(unhandled).toEqual([])
})

test('leaves nothing behind on a signal that lives as long as the task', async () => {
  const { signal } = new AbortController()
  await raceRevoked('t-0', signal, turn())
  await raceRevoked('t-0', signal, Promise.reject(new Error('full'))).catch(() => {})
  await turn()
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
