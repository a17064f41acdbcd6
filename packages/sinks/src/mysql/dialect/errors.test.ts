import { TicketsError } from '@tickets/core'
import { expect, test } from 'vitest'
import { isConnectionGone, isDuplicate, mysqlError } from './errors.ts'

test.each([
  ['a deadlock', { errno: 1213, message: 'Deadlock' }, true],
  ['a connection that was cut', { code: 'ECONNRESET', message: 'read ECONNRESET' }, true],
  ['a pool that was closed under a statement', { message: "Can't add new command when connection is in closed state" }, true],
  ['a connection that was cut while TLS began', { code: 'HANDSHAKE_SSL_ERROR', errno: -104, fatal: true, message: 'read ECONNRESET' }, true],
  [
    'a server that stopped while TLS began',
    { code: 'HANDSHAKE_SSL_ERROR', fatal: true, message: 'Client network socket disconnected before secure TLS connection was established' },
    true,
  ],
  ['a certificate that has expired', { code: 'HANDSHAKE_SSL_ERROR', fatal: true, message: 'certificate has expired' }, false],
  ['a wrong password', { errno: 1045, message: 'Access denied' }, false],
  ['a value in a unique index', { errno: 1062, message: 'Duplicate entry' }, false],
])('%s is reported with what to do, and as retryable if it may pass', (_, error, retryable) => {
  const told = mysqlError(error, 'writing x')
  expect(told).toMatchObject({ code: 'SINK_FAILED', retryable, cause: error })
  expect(told.message).toContain('writing x failed: ')
})

test('an error of ours stays as it is', () => {
  const ours = new TicketsError('STAGED_LOST', 'gone')
  expect(mysqlError(ours, 'writing x')).toBe(ours)
  expect(isConnectionGone(ours)).toBe(false)
})

test('an error of the server leaves the connection usable, any other does not', () => {
  expect(isConnectionGone({ errno: 1213 })).toBe(false)
  expect(isConnectionGone({ code: 'ECONNRESET', errno: -104 })).toBe(true)
  expect([isDuplicate({ errno: 1062 }), isDuplicate({ errno: 1213 }), isDuplicate(null)]).toEqual([true, false, false])
})

test('a server that takes encrypted connections only says so', () => {
  expect(mysqlError({ errno: 3159, message: 'Connections using insecure transport are prohibited' }, 'x').message).toContain('set `ssl`')
})
