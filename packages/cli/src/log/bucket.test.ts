import { expect, test } from 'vitest'
import { bucketAt, isBucketAddress } from './bucket.ts'

test('an address has a bucket and a prefix', async () => {
  expect(isBucketAddress('s3://lake/log')).toBe(true)
  expect(isBucketAddress('data/s3')).toBe(false)
  expect((await bucketAt('s3://lake/support/log/')).location).toBe('s3://lake/support/log')
  expect((await bucketAt('s3://lake')).location).toBe('s3://lake')
  await expect(bucketAt('s3:lake')).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('s3://<bucket>/<prefix>') })
})

test('without @tickets/s3 the error names what to install', async () => {
  const missing = () => Promise.reject(new Error('Cannot find package'))
  await expect(bucketAt('s3://lake/log', missing)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('npm i @tickets/s3 @aws-sdk/client-s3'),
  })
})
