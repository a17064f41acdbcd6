import { expect, test } from 'vitest'
import { TicketsError } from '../errors.ts'
import { codeOf, type LogEventDefinition, logEvent, logEvents, passOn } from './log-events.ts'

const all: readonly (readonly [string, LogEventDefinition])[] = Object.entries(logEvents)

const recorder = () => {
  const calls: unknown[][] = []
  const at = (level: string) => (message: string, details?: object) => void calls.push([level, message, details])
  return { calls, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

test('an event is logged at its level, with its name and its fields', () => {
  const { calls, logger } = recorder()
  logEvent(logger, 'flow.filled', { flows: ['hourly'] }, 'the flow "hourly" is filled')
  logEvent(undefined, 'flow.filled', { flows: [] }, 'nobody listens')
  expect(calls).toEqual([['info', 'the flow "hourly" is filled', { event: 'flow.filled', flows: ['hourly'] }]])
})

test('what another library logs keeps its level and its details, and gets an event', () => {
  const { calls, logger } = recorder()
  passOn(logger, 'kafka.client', 'error', { namespace: 'Connection' }, 'Connection: timeout', { broker: 'b:9092', event: 'theirs' })
  expect(calls).toEqual([['error', 'Connection: timeout', { broker: 'b:9092', event: 'kafka.client', namespace: 'Connection' }]])
})

test('the code of an error is in the log, or OTHER', () => {
  expect([codeOf(new TicketsError('LOG_GAP', 'record 7 is missing')), codeOf(new Error('bug')), codeOf('text')]).toEqual([
    'LOG_GAP',
    'OTHER',
    'OTHER',
  ])
})

test('names say who, and what happened; each event has fields and says when in one sentence', () => {
  for (const [name, { fields, when }] of all) {
    expect(name).toMatch(/^[a-z]+\.[a-z_]+$/)
    expect([name, fields.length > 0, new Set(fields).size === fields.length]).toEqual([name, true, true])
    expect(when).toMatch(/^[A-Zok].*[^.]$/)
  }
})
