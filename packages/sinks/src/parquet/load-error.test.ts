import { expect, test } from 'vitest'
import { loadError } from './load-error.ts'

test('too many open files are not called a broken installation, and may pass', () => {
  const error = loadError(Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }))
  expect(error).toMatchObject({ code: 'ENCODER_FAILED', retryable: true, message: expect.stringContaining('ulimit -n') })
  expect(error.message).not.toContain('install')
})
