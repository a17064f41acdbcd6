import { expect, test } from 'vitest'
import { registryConnection, subjectOf } from './connection.ts'

test('a login in the URL goes into the header and out of the URL', async () => {
  const { url, headers } = registryConnection({ registry: 'https://me:p%40ss@schemas.example:8081/apis/ccompat/v7/' })
  expect(url).toBe('https://schemas.example:8081/apis/ccompat/v7')
  expect(await headers()).toEqual({ authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` })
})

test('a login or a token of its own', async () => {
  const registry = 'http://localhost:8081'
  const basic = registryConnection({ registry, auth: { username: 'a', password: 'b' } })
  expect(await basic.headers()).toEqual({ authorization: `Basic ${Buffer.from('a:b').toString('base64')}` })
  let calls = 0
  const bearer = registryConnection({ registry, bearer: async () => `token${++calls}` })
  expect([await bearer.headers(), await bearer.headers()]).toEqual([{ authorization: 'Bearer token1' }, { authorization: 'Bearer token2' }])
  expect(await registryConnection({ registry }).headers()).toEqual({})
})

test.each(['localhost:8081', 'ftp://localhost', '', undefined as never, 'http://user:secret@'])(
  '%j is no registry, and the error has no secret',
  (registry) => {
    let message = ''
    try {
      registryConnection({ registry })
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toContain('`registry` is the URL')
    expect(message).not.toContain('secret')
  },
)

test('auth and bearer exclude each other', () => {
  expect(() => registryConnection({ registry: 'http://a', auth: { username: 'a', password: 'b' }, bearer: () => 't' })).toThrow('and not both')
})

test('the subject of a topic', () => {
  expect([subjectOf({}, 't'), subjectOf({ subject: 's' }, 't'), subjectOf({ subject: (topic) => `x.${topic}` }, 't')]).toEqual([
    't-value',
    's',
    'x.t',
  ])
})
