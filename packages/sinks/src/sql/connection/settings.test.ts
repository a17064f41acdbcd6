import { expect, test } from 'vitest'
import { partsOf, type Scheme } from './settings.ts'

const scheme: Scheme = { protocols: ['db:'], example: 'db://user:password@host:1/database', port: 1, texts: ['socketPath'] }

test('options come before the URL, and what neither says has its default', () => {
  expect(partsOf({ url: 'db://a:b%20c@host/x', user: 'other', ssl: true, retryFor: '2 seconds' }, scheme)).toEqual({
    host: 'host',
    port: 1,
    user: 'other',
    password: 'b c',
    database: 'x',
    ssl: {},
    connections: 4,
    connectTimeout: 10_000,
    statementTimeout: 300_000,
    retryFor: 2000,
  })
})

test('parameters of the URL are taken where the database knows them, and refused otherwise', () => {
  const knows: Scheme = { ...scheme, parameters: (search) => ({ ssl: search.get('tls') === 'yes' }) }
  expect(partsOf({ url: 'db://host/x?tls=yes' }, knows).ssl).toEqual({})
  expect(() => partsOf({ url: 'db://host/x?tls=yes' }, scheme)).toThrowError(/takes no parameters/)
})

test('an option that is no text is shown, a password is not', () => {
  expect(() => partsOf({ url: 'db://host/x', user: 7 as never }, scheme)).toThrowError(/user is a text, got 7/)
  expect(() => partsOf({ url: 'db://host/x', password: ['hunter2'] as never }, scheme)).toThrowError(/^(?!.*hunter2)/s)
})

test('options of TLS are copied, with a key that another client has hidden', () => {
  const given = Object.defineProperty({ ca: 'x' }, 'key', { value: 'k', enumerable: false })
  const { ssl } = partsOf({ url: 'db://host/x', ssl: Object.freeze(given) }, scheme)
  expect(ssl).toEqual({ ca: 'x', key: 'k' })
  expect(() => partsOf({ url: 'db://host/x', ssl: 'hunter2' as never }, scheme)).toThrowError(/^(?!.*hunter2)ssl is true, false, or options/s)
})
