import { TicketsError } from '@tickets/core'
import { expect, test } from 'vitest'
import { isConnectionGone, postgresError, stateOf } from './errors.ts'

test.each([
  ['a serialization failure', { code: '40001', message: 'could not serialize' }, true, false],
  ['a deadlock', { code: '40P01', message: 'deadlock detected' }, true, false],
  ['a shutdown', { code: '57P01', message: 'terminating connection due to administrator command' }, true, true],
  ['a server that starts', { code: '57P03', message: 'the database system is starting up' }, true, true],
  ['too many connections', { code: '53300', message: 'too many clients' }, true, false],
  ['a server that became read-only', { code: '25006', message: 'cannot execute UPDATE' }, true, false],
  ['a foreign key whose row may come', { code: '23503', message: 'violates foreign key' }, true, false],
  ['two processes that make one table, seen late', { code: '42P07', message: 'relation "t" already exists' }, true, false],
  ['two processes that make one table, seen at its type', { code: '42710', message: 'type "t" already exists' }, true, false],
  ['two processes that make one table', { code: '23505', schema: 'pg_catalog', message: 'duplicate key' }, true, false],
  ['a connection that was cut', { code: 'ECONNRESET', message: 'read ECONNRESET' }, true, true],
  ['a pipe that broke', { code: 'EPIPE', message: 'write EPIPE' }, true, true],
  ['a connection that ended under a statement', { message: 'Connection terminated unexpectedly' }, true, true],
  ['a statement that lasted too long', { message: 'Query read timeout' }, true, true],
  ['a certificate that has expired', { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, false, true],
  ['a server without TLS', { message: 'The server does not support SSL connections' }, false, true],
  ['a wrong password', { code: '28P01', message: 'password authentication failed' }, false, false],
  ['a value in a unique index', { code: '23505', schema: 'public', message: 'duplicate key' }, false, false],
  ['a CHECK', { code: '23514', message: 'violates check constraint' }, false, false],
])('%s is reported with what to do, and as retryable if it may pass', (_, error, retryable, gone) => {
  const told = postgresError(error, 'writing x')
  expect(told).toMatchObject({ code: 'SINK_FAILED', retryable, cause: error })
  expect(told.message).toContain('writing x failed: ')
  expect(told.message).not.toContain('see the cause')
  expect(isConnectionGone(error)).toBe(gone)
})

test('a login that the server takes with TLS only says so, in the words of old and new servers', () => {
  for (const words of ['no encryption', 'SSL off'])
    expect(postgresError({ code: '28000', message: `no pg_hba.conf entry for host "::1", user "u", database "d", ${words}` }, 'x').message).toContain(
      'set `ssl`, or allow',
    )
  expect(postgresError({ code: '28000', message: 'role "u" is not permitted to log in' }, 'x').message).toContain('pg_hba.conf')
})

test('an error of ours stays as it is', () => {
  const ours = new TicketsError('STAGED_LOST', 'gone')
  expect(postgresError(ours, 'writing x')).toBe(ours)
  expect(isConnectionGone(ours)).toBe(false)
})

test('a SQLSTATE is distinguished from the names of the system', () => {
  expect([stateOf({ code: '23505' }), stateOf({ code: '57P01' }), stateOf({ code: 'EPIPE' }), stateOf({}), stateOf(null)]).toEqual([
    '23505',
    '57P01',
    '',
    '',
    '',
  ])
})
