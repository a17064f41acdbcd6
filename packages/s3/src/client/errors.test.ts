import { TicketsError } from '@tickets/core'
import { expect, test } from 'vitest'
import { isAbsent, isUnknownToStore, nameOf, statusOf, storageError } from './errors.ts'

const sdkError = (name: string, status?: number, message = 'said', more: object = {}) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status }, ...more })
const failed = (error: unknown) => storageError(error, 'PutObject', 'lake', 'a/b')

test.each([
  ['AccessDenied', 403, /these credentials lack s3:PutObject on "lake"/],
  ['NoSuchBucket', 404, /there is no bucket "lake": create it/],
  ['PermanentRedirect', 301, /lies in another region: set `region`/],
  ['AuthorizationHeaderMalformed', 400, /lies in another region/],
  ['ExpiredToken', 400, /the credentials have expired: renew them/],
  ['InvalidAccessKeyId', 403, /does not accept these credentials/],
  ['SignatureDoesNotMatch', 403, /does not accept these credentials/],
  ['RequestTimeTooSkewed', 403, /the clock of this machine is wrong/],
  ['CredentialsProviderError', undefined, /no credentials were found: set AWS_ACCESS_KEY_ID/],
  ['InvalidBucketName', 400, /see the cause/],
])('%s is an error that needs you, and says what to do', (name, status, advice) => {
  const error = failed(sdkError(name, status))
  expect(error).toMatchObject({ code: 'STORAGE_FAILED', retryable: false, message: expect.stringMatching(advice) })
  expect(error.message).toContain('PutObject of s3://lake/a/b failed')
  expect(error.cause).toBeInstanceOf(Error)
})

test('a region that is missing is named', () => {
  expect(failed(new Error('Region is missing'))).toMatchObject({ retryable: false, message: expect.stringContaining('set `region`, or AWS_REGION') })
})

test.each([
  ['SlowDown', 503, {}],
  ['InternalError', 500, {}],
  ['TooManyRequests', 429, {}],
  ['RequestTimeout', 400, {}],
  ['UnknownError', 502, {}],
  ['SyntaxError', 200, {}],
  ['TimeoutError', undefined, {}],
  ['AbortError', undefined, {}],
  ['Error', undefined, { code: 'ECONNRESET' }],
  ['Error', undefined, { code: 'ECONNREFUSED' }],
  ['Error', undefined, { code: 'ENOTFOUND' }],
])('%s of %s may pass', (name, status, more) => {
  expect(failed(sdkError(name, status, 'said', more))).toMatchObject({ code: 'STORAGE_FAILED', retryable: true })
})

test('a connection that was closed may pass', () => {
  expect(failed(new Error('socket hang up'))).toMatchObject({ retryable: true })
})

test('tells an absent object from a missing bucket, also behind our own error', () => {
  expect(isAbsent(failed(sdkError('NoSuchKey', 404)))).toBe(true)
  expect(isAbsent(sdkError('NoSuchBucket', 404))).toBe(false)
  expect(isAbsent(sdkError('AccessDenied', 403))).toBe(false)
})

test('knows how a store says that it lacks a request', () => {
  expect(isUnknownToStore(failed(sdkError('NotImplemented', 501)))).toBe(true)
  expect(isUnknownToStore(sdkError('MethodNotAllowed', 405))).toBe(true)
  expect(isUnknownToStore(sdkError('InternalError', 500))).toBe(false)
})

test('looks through our own error, and passes it on as it is', () => {
  const error = failed(sdkError('SlowDown', 503))
  expect([statusOf(error), nameOf(error), storageError(error, 'GetObject', 'b', 'k')]).toEqual([503, 'SlowDown', error])
  expect([statusOf(undefined), nameOf(new TicketsError('STORAGE_FAILED', 'x'))]).toEqual([0, ''])
})
