import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { errorCode, isRetryable, isTicketsError, messageOf, TicketsError } from './errors.ts'

test('an error has a code, a message, a cause, and says whether trying again can help', () => {
  const cause = new Error('below')
  const error = new TicketsError('SOURCE_UNREACHABLE', 'no broker', { cause, retryable: true })
  expect(error).toMatchObject({ name: 'TicketsError', code: 'SOURCE_UNREACHABLE', message: 'no broker', cause, retryable: true })
  expect(new TicketsError('LOG_GAP', 'a gap').retryable).toBe(false)
  expect('cause' in new TicketsError('LOG_GAP', 'a gap')).toBe(false)
})

test('an error is recognised by name and code, in another realm and of another copy of the package too', () => {
  expect(isTicketsError(new TicketsError('LOG_GAP', 'a gap'))).toBe(true)
  expect(isTicketsError(new TicketsError('LOG_GAP', 'a gap'), 'LOG_GONE')).toBe(false)
  const foreign = runInNewContext("Object.assign(new Error('a gap'), { name: 'TicketsError', code: 'LOG_GAP' })")
  expect(isTicketsError(foreign, 'LOG_GAP')).toBe(true)
  for (const other of [new Error('x'), null, 'LOG_GAP', { name: 'TicketsError' }]) expect(isTicketsError(other)).toBe(false)
})

test('code, message and retryability are read from anything that was thrown', () => {
  expect(errorCode(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBe('ENOENT')
  expect([errorCode({ code: 5 }), errorCode('ENOENT'), errorCode(undefined)]).toEqual([undefined, undefined, undefined])
  expect([messageOf(new Error('x')), messageOf('text'), messageOf(null)]).toEqual(['x', 'text', 'null'])
  expect([isRetryable({ retryable: true }), isRetryable(new Error('x')), isRetryable(null)]).toEqual([true, false, false])
})
