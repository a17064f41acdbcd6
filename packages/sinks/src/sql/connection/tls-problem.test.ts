import { expect, test } from 'vitest'
import { tlsProblem } from './tls-problem.ts'

test('each fault says what to do, and only a connection that was cut off passes', () => {
  expect(tlsProblem({ code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' })).toEqual({
    text: expect.stringMatching(/has expired or is not valid yet: renew it/),
    passes: false,
  })
  const message = 'Client network socket disconnected before secure TLS connection was established'
  expect(tlsProblem({ code: 'HANDSHAKE_SSL_ERROR', message })).toEqual({ text: expect.stringMatching(/may have stopped/), passes: true })
})

test('an error of another kind is none of TLS', () => {
  expect(tlsProblem({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9' })).toBeNull()
  expect(tlsProblem({})).toBeNull()
})
