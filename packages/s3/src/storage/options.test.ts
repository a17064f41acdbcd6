import { expect, test } from 'vitest'
import { makeClient } from '../client/bucket.ts'
import { checked, type S3Options } from './options.ts'

const region = 'eu-central-1'

test.each<[string, object]>([
  ['no bucket', {}],
  ['an empty bucket', { bucket: '' }],
  ['an address', { bucket: 's3://lake' }],
  ['a path', { bucket: 'lake/tickets' }],
  ['a prefix that leads elsewhere', { bucket: 'lake', prefix: '../a' }],
  ['a prefix that begins with a slash', { bucket: 'lake', prefix: '/a' }],
  ['what is no client', { bucket: 'lake', client: {} }],
  ['a client and options for one', { bucket: 'lake', client: makeClient({ region }), endpoint: 'http://x' }],
])('refuses %s', (_, options) => {
  expect(() => checked(options as S3Options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('takes what a client of the SDK takes, or a client', async () => {
  const { bucket, prefix } = checked({ bucket: 'lake', prefix: 'a/b/', region, maxAttempts: 7 })
  expect([bucket.name, prefix, await bucket.client.config.region()]).toEqual(['lake', 'a/b', region])
  expect(await bucket.client.config.maxAttempts()).toBe(7)
  const client = makeClient({ region })
  expect(checked({ bucket: 'lake', client }).bucket.client).toBe(client)
  expect(checked({ bucket: 'arn:aws:s3:eu-central-1:123456789012:accesspoint/lake', region }).bucket.name).toContain('accesspoint')
})
