import { inspect } from 'node:util'
import { mysqlSink } from '@tickets/sinks/mysql'
import { expect, test, vi } from 'vitest'

vi.mock('mysql2/promise', () => {
  throw Object.assign(new Error("Cannot find package 'mysql2'"), { code: 'ERR_MODULE_NOT_FOUND' })
})

test('without the package mysql2 a sink can be made, and says how to install it when the pipeline starts', async () => {
  const sink = mysqlSink({ url: 'mysql://app:s3cret@localhost/support', table: 'tickets' })
  const error = await sink.prepare?.({ id: 'log1' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/npm i mysql2/) })
  expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
})
