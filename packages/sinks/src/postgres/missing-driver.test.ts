import { inspect } from 'node:util'
import { postgresSink } from '@tickets/sinks/postgres'
import { expect, test, vi } from 'vitest'

vi.mock('pg', () => {
  throw Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' })
})

test('without the package pg a sink can be made, and says how to install it when the pipeline starts', async () => {
  const sink = postgresSink({ url: 'postgres://app:s3cret@localhost/support', table: 'tickets' })
  const error = await sink.prepare?.({ id: 'log1' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/npm i pg/) })
  expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
})
