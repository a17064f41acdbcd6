import { expect, test, vi } from 'vitest'
import { harmless, harmlessLogger } from './harmless.ts'

test('a callback that throws or rejects stops nothing, and is reported once for its owner', async () => {
  const reports: string[] = []
  const owner = {}
  const report = (message: string) => void reports.push(message)
  const throws = harmless(
    'onProgress',
    owner,
    () => {
      throw new Error('broken')
    },
    report,
  )
  const rejects = harmless('onLate', owner, async () => Promise.reject(new Error('later')), report)
  throws()
  throws()
  rejects()
  await new Promise((done) => setTimeout(done, 0))
  expect(reports).toEqual([expect.stringMatching(/^onProgress threw; .*: broken$/)])
})

test('arguments reach the callback', () => {
  const callback = vi.fn()
  harmless<[number, string]>('onProgress', {}, callback)(1, 'a')
  expect(callback).toHaveBeenCalledWith(1, 'a')
})

test('a logger without details is called with the message alone, and one that throws stops nothing', () => {
  const calls: unknown[][] = []
  const log = (...args: unknown[]) => void calls.push(args)
  const logger = harmlessLogger({ debug: log, info: log, warn: log, error: log })
  logger.info('a')
  logger.error('b', { n: 1 })
  expect(calls).toEqual([['a'], ['b', { n: 1 }]])
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const fails = () => {
    throw new Error('disk full')
  }
  harmlessLogger({ debug: fails, info: fails, warn: fails, error: fails }).warn('c')
  expect(warning).toHaveBeenCalledWith(expect.stringContaining('disk full'), expect.objectContaining({ code: 'TICKETS_CALLBACK' }))
  warning.mockRestore()
})

test('without a logger nothing is logged', () => {
  expect(harmlessLogger(undefined).info('a')).toBeUndefined()
})
