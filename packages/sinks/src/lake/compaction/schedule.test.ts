import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { compactEvery } from './schedule.ts'

test.each([{ every: 0 }, { every: 'often' }, { every: '1 minute', targetFileSize: 0 }])('%j makes no sense', (options) => {
  expect(() => compactEvery(storageAt('/data'), options as never)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('a failure is a warning and is tried again, about every so often, until the signal aborts', async () => {
  const over = new AbortController()
  const pauses: number[] = []
  const warnings: string[] = []
  const log = () => {}
  const clock = {
    now: () => 0,
    sleep: async (ms: number) => {
      if (pauses.push(ms) === 3) over.abort()
    },
  }
  const logger = { debug: log, info: log, error: log, warn: (message: string) => void warnings.push(message) }
  const files = { ...nodeFiles, readFolder: async () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) }
  await compactEvery(storageAt(await folder(), files), { every: 1000 })({ clock, logger, signal: over.signal } as never)
  expect(pauses).toHaveLength(3)
  for (const ms of pauses) expect(Math.abs(ms - 1000)).toBeLessThanOrEqual(100)
  expect(warnings).toHaveLength(3)
})
