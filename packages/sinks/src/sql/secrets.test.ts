import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { describeEach, ownDatabases } from '../../test/databases.ts'

const databases = await ownDatabases('secrets of sinks')

describeEach(databases, 'secrets', ({ kind, url, sink: sinkOf }) => {
  const other = kind === 'mysql' ? 'postgres' : 'mysql'
  const secret = 's3cr3t-%C3%A9-pass'
  const showing = (error: unknown) => inspect(error, { depth: 20, showHidden: true }) + String((error as Error)?.stack)

  test('a password is in no error, target or picture of a sink', async () => {
    const { hostname, port, pathname } = new URL(url)
    const bad = [
      `${kind}://app:${secret}@${hostname}:${port}${pathname}`,
      `${kind}://app:${secret}@127.0.0.1:1${pathname}`,
      `${kind}://app:${secret}@no-such-host.invalid${pathname}`,
    ]
    for (const address of bad) {
      const sink = sinkOf({ url: address, table: 't', retryFor: 10 })
      const error = await sink.prepare?.({ id: 'log1' }).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'TARGET_UNUSABLE' })
      expect(showing(error) + showing(sink) + sink.target).not.toMatch(/s3cr3t/)
    }
    for (const address of [
      `${other}://app:${secret}@x/y`,
      `app:${secret}@x`,
      `${kind}://app:${secret}@x`,
      `${kind}://app:${secret}%@x/y`,
      `${kind}://a:${secret}@x/y?z=1`,
    ]) {
      try {
        sinkOf({ url: address, table: 't' })
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({ code: 'OPTION_INVALID' })
        expect(showing(error)).not.toMatch(/s3cr3t/)
      }
    }
  })

  test('a login that is refused is not retryable, and says so', async () => {
    const { host, pathname } = new URL(url)
    const error = await sinkOf({ url: `${kind}://nobody-here:x@${host}${pathname}`, table: 't' })
      .prepare?.({ id: 'l' })
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/correct user and password/) })
    const missing = await sinkOf({ url, database: 'no_such_database', table: 't' })
      .prepare?.({ id: 'l' })
      .catch((e: unknown) => e)
    expect(missing).toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/create the database first/) })
  })
})
