import { describe, expect, test } from 'vitest'
import { type Change, found } from './changed-storage.fixture.ts'

const HEAD_OF_ALL = { n: 99, attempt: 'a' }

describe('finds a storage', () => {
  test.each<[string, Change, readonly string[]]>([
    ['that sweeps nothing', () => ({ sweep: async () => {} }), ['3.8 a sweep removes', 'by another process']],
    [
      'that sweeps what is above the head',
      (storage) => ({ sweep: (task) => storage.sweep(task, HEAD_OF_ALL) }),
      ['3.8 a sweep removes', 'by another process'],
    ],
    [
      'that leaves other attempts at the head',
      (storage) => ({ sweep: (task, { n }) => storage.sweep(task, { n: n - 1, attempt: '' }) }),
      ['3.8 a sweep removes'],
    ],
    [
      'that sweeps other logs',
      (storage) => ({ sweep: (_, head) => storage.discardLogs(['bbbb0000']).then(() => storage.sweep(_, head)) }),
      ['other tasks and other logs'],
    ],
    [
      'that sweeps other tasks',
      (storage) => ({
        sweep: async (task, head) =>
          void (await Promise.all(['tickets-0', 'tickets-00', 'merge'].map((name) => storage.sweep({ ...task, task: name }, head)))),
      }),
      ['other tasks and other logs'],
    ],
    ['that sweeps other flows', (storage) => ({ sweep: (task, head) => storage.sweep({ ...task, flow: '' }, head) }), ['leaves other flows']],
    [
      'that does not find a flow of an odd name',
      (storage) => ({ sweep: async (task, head) => (/\w/.test(task.flow) && !/\W/.test(task.flow) ? storage.sweep(task, head) : undefined) }),
      ['leaves other flows'],
    ],
    ['that discards the first log alone', (storage) => ({ discardLogs: (logs) => storage.discardLogs(logs.slice(0, 1)) }), ['what logs have staged']],
    [
      'that discards all logs',
      (storage) => ({ discardLogs: () => storage.discardLogs(['aaaa0000', 'bbbb0000', 'cccc0000']) }),
      ['what logs have staged'],
    ],
  ])('%s', async (_what, change, expected) => {
    const names = await found(change, expected)
    for (const part of expected) expect(names).toContainEqual(expect.stringContaining(part))
  })
})
