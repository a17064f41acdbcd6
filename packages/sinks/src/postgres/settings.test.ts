import { expect, test } from 'vitest'
import { settingsOf } from './settings.ts'

test('a place is host, port, database and schema, in one form, without user and password', () => {
  expect(settingsOf({ url: 'postgresql://app:s%40cret@Db.example/support' }).place).toBe('postgres:db.example:5432/support/public')
  expect(settingsOf({ url: 'postgres://x/y', port: 6432, schema: 'Lake' }).place).toBe('postgres:x:6432/y/Lake')
  expect(settingsOf({ host: '/var/run/postgresql', database: 'y' }).place).toBe('postgres:/var/run/postgresql:5432/y/public')
  expect(settingsOf({ url: 'postgres://%2Fvar%2Frun/y' }).place).toBe('postgres:/var/run:5432/y/public')
})

test.each([
  ['no address', { database: 'x' }],
  ['no database', { host: 'x' }],
  ['a URL of another kind', { url: 'mysql://x/y' }],
  ['other parameters in the URL', { url: 'postgres://x/y?options=-c' }],
  ['a mode of TLS that may stay open', { url: 'postgres://x/y?sslmode=prefer' }],
  ['a schema that is no name', { url: 'postgres://x/y', schema: 'x'.repeat(64) }],
  ['a schema that is no text', { url: 'postgres://x/y', schema: 7 as never }],
])('%s is refused', (_, options) => {
  expect(() => settingsOf(options)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
