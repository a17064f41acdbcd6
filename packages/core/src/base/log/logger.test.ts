import pino from 'pino'
import { expect, test, vi } from 'vitest'
import { detailsFirst, withFields } from './logger.ts'

test('pino gets the details of a message, at its level', () => {
  const lines: string[] = []
  const logger = detailsFirst(pino({ level: 'debug', base: null, timestamp: false }, { write: (line: string) => void lines.push(line) }))
  logger.debug('a')
  logger.info('b', { event: 'flow.filled', flows: ['hourly'] })
  logger.warn('c', { code: 'SINK_FAILED' })
  logger.error('d', { err: new TypeError('broken') })
  const said = lines.map((line) => JSON.parse(line) as object)
  expect(said).toMatchObject([
    { level: 20, msg: 'a' },
    { level: 30, event: 'flow.filled', flows: ['hourly'], msg: 'b' },
    { level: 40, code: 'SINK_FAILED', msg: 'c' },
    { level: 50, err: { type: 'TypeError', message: 'broken', stack: expect.stringContaining('logger.test.ts') }, msg: 'd' },
  ])
})

test('fields are added to each message, and those of the message win', () => {
  const warn = vi.fn()
  const logger = withFields({ debug: warn, info: warn, warn, error: warn }, { pipeline: 'lake', task: 'x' })
  logger.warn('a')
  logger.error('b', { task: 't-0' })
  expect(warn.mock.calls).toEqual([
    ['a', { pipeline: 'lake', task: 'x' }],
    ['b', { pipeline: 'lake', task: 't-0' }],
  ])
})
