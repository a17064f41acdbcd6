import { expect, it } from 'vitest'
import { tlsFaultOf } from './tls-fault.ts'

const of = (code: string, message = 'x') => tlsFaultOf([{ message: 'outer' }, { code, message }])

it.each([
  ['CERT_HAS_EXPIRED', 'expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'other host'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client refused'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no tls'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'other'],
])('%s is a fault of the kind "%s"', (code, fault) => {
  expect(of(code)).toBe(fault)
})

it.each([
  ["Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list", 'other host'],
  ['unable to verify the first certificate', 'untrusted'],
  ['Server does not support secure connection', 'no tls'],
  ['The server does not support SSL connections', 'no tls'],
  ['Client network socket disconnected before secure TLS connection was established', 'cut off'],
])('knows the words where a client keeps no code: %s', (message, fault) => {
  expect(of('HANDSHAKE_SSL_ERROR', message)).toBe(fault)
})

it('is null for errors of another kind', () => {
  expect(of('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9')).toBeNull()
})
