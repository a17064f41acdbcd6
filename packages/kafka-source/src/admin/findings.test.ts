import { expect, test } from 'vitest'
import { findingOf } from './findings.ts'

const plain = { brokers: ['kafka:9092'], ssl: false, sasl: false }
const error = (name: string, message: string, more: object = {}) => Object.assign(new Error(message), { name, ...more })

test.each([
  ['broker', error('KafkaJSConnectionError', 'connect ECONNREFUSED 127.0.0.1:9092'), plain],
  ['listener', error('ConnectionError', 'getaddrinfo ENOTFOUND inside', { broker: 'inside:9092' }), plain],
  ['tls', error('KafkaJSConnectionError', 'write EPROTO: wrong version number'), { ...plain, ssl: true }],
  ['tls', error('KafkaJSConnectionClosedError', 'Closed connection'), { ...plain, speaksTls: true }],
  [
    'tls',
    error('KafkaJSConnectionError', 'Client network socket disconnected before secure TLS connection was established'),
    { ...plain, ssl: true },
  ],
  ['login', error('KafkaJSConnectionClosedError', 'Closed connection'), { ...plain, speaksTls: false }],
  ['login', error('SASLAuthenticationError', 'Authentication failed'), { ...plain, sasl: true }],
  ['login', error('KafkaJSProtocolError', 'not here', { type: 'ILLEGAL_SASL_STATE' }), { ...plain, sasl: true }],
  ['certificate', error('KafkaJSConnectionError', 'certificate has expired'), { ...plain, ssl: true }],
  ['certificate', error('ConnectionError', "Hostname/IP does not match certificate's altnames"), { ...plain, ssl: true }],
  ['certificate', error('ConnectionError', 'certificate revoked'), { ...plain, ssl: true }],
  ['certificate', error('KafkaJSConnectionError', 'unsupported certificate purpose'), { ...plain, ssl: true }],
  ['broker', error('KafkaJSProtocolError', 'The coordinator is loading', { type: 'GROUP_LOAD_IN_PROGRESS' }), plain],
  ['access', error('KafkaJSProtocolError', 'Not authorized', { type: 'GROUP_AUTHORIZATION_FAILED' }), plain],
] as const)('%s', (check, thrown, attempted) => {
  expect(findingOf(thrown, attempted)).toMatchObject({ check, seen: thrown.message, fix: expect.stringMatching(/\w{3}/) })
})

test('each kind of bad certificate has a fix of its own', () => {
  const fix = (message: string) => findingOf(error('ConnectionError', message), { ...plain, ssl: true }).fix
  const fixes = [
    'certificate has expired',
    "Hostname/IP does not match certificate's altnames: Host: x",
    'self-signed certificate',
    'sslv3 alert bad certificate',
  ].map(fix)
  expect(new Set(fixes).size).toBe(4)
})
