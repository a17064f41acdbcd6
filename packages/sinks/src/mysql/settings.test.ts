import { expect, test } from 'vitest'
import { settingsOf } from './settings.ts'

test('an address is read from the URL, percent-decoded, and options come before it', () => {
  const { client, place } = settingsOf({ url: 'mysql://app:s%40cret@Db.example:3307/support', user: 'other' })
  expect(client).toMatchObject({ host: 'Db.example', port: 3307, user: 'other', password: 's@cret', database: 'support', connections: 4 })
  expect(place).toBe('mysql:db.example:3307/support')
})

test.each([
  ['no address', { database: 'x' }],
  ['no database', { host: 'x' }],
  ['a URL of another kind', { url: 'postgres://x/y' }],
  ['parameters in the URL', { url: 'mysql://x/y?ssl=1' }],
  ['a port that is none', { host: 'x', database: 'y', port: 0 }],
  ['no connection', { host: 'x', database: 'y', connectionLimit: 0 }],
  ['no time', { host: 'x', database: 'y', retryFor: 0 }],
])('%s is refused', (_, options) => {
  expect(() => settingsOf(options)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('a password is in no error', () => {
  for (const options of [{ url: 'postgres://app:hunter2@x/y' }, { url: 'mysql://app:hunter2%@x/y' }, { url: 'hunter2', password: 'hunter2' }])
    expect(() => settingsOf(options)).toThrowError(/^(?!.*hunter2)/s)
})
