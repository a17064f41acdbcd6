import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { authority } from '../../../../test/broker/certificates.ts'
import { tlsProblem } from './tls-errors.ts'

const of = (code: string, message = 'x', ssl: Parameters<typeof tlsProblem>[1] = true) => tlsProblem([{ message: 'outer' }, { code, message }], ssl)

it.each([
  ['CERT_HAS_EXPIRED', /has expired or is not valid yet: renew it/],
  ['CERT_NOT_YET_VALID', /has expired or is not valid yet/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /not for the host name in `brokers`/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /set `ssl: \{ ca \}`/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /set `ssl: \{ ca \}`/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /set `ssl: \{ ca \}`/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /set `ssl: \{ ca \}`/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /got none: set `ssl: \{ cert, key \}`/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /takes no TLS/],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', /check `ssl`/],
])('%s has advice of its own, and does not pass', (code, text) => {
  expect(of(code)).toEqual({ text: expect.stringMatching(text), passes: false })
})

it('knows the words where a client keeps no code', () => {
  expect(of('', 'Connection error: self-signed certificate in certificate chain')?.text).toMatch(/`ssl: \{ ca \}`/)
  expect(of('', 'write EPROTO: ssl3_read_bytes:sslv3 alert bad certificate:SSL alert number 42')?.text).toMatch(/got none/)
})

it('takes a handshake that was cut off for a fault that may pass', () => {
  const message = 'Client network socket disconnected before secure TLS connection was established'
  expect(of('ECONNRESET', message)).toEqual({ text: expect.stringMatching(/may have stopped/), passes: true })
})

it("tells a client's certificate that has expired from one that the broker does not trust", () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickets-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const ca = authority(folder, 'ca')
  const refused = 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN'
  expect(of(refused, 'x', ca.sign('u', { expired: true }))?.text).toMatch(/has expired \(20/)
  expect(of(refused, 'x', ca.sign('u'))?.text).toMatch(/signed by a CA in the broker's truststore/)
  expect(of(refused, 'x', { pfx: 'x' })?.text).toMatch(/truststore/)
})

it('is null for errors of another kind', () => {
  expect(of('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9')).toBeNull()
})
