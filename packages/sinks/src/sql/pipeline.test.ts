import { count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { memoryLog, memorySource, quickClock } from '@tickets/core/testing'
import { test } from 'vitest'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { partitions, someCrashes } from '../../test/some-crashes.ts'

const databases = await ownDatabases('pipelines into tables')
const minute = tumbling({ size: '1 minute' })

describeEach(databases, 'a pipeline that crashes anywhere', (database) => {
  const { query, sink } = database

  /** A process that is dead holds no connection; those that a crash leaves open here are ended from the server's side. */
  async function bury(): Promise<void> {
    for (const session of await database.idleSessions()) await database.terminate(session)
  }

  test('leaves each row once in a table without a key, and each window once in one with', async () => {
    await someCrashes({
      world: async () => {
        await bury()
        const [all, windows] = [newTable('all'), newTable('windows')]
        const rows = async (table: string) => ({ rows: (await database.rows(table)) ?? [] })
        return {
          source: memorySource({ schema: Ticket, partitions: partitions(), chunk: 2 }),
          log: memoryLog(),
          sinks: {
            all: sink<Ticket>({ table: all }),
            windows: sink<{ n: number }>({ table: windows }),
          },
          outputs: async () => ({ all: await rows(all), windows: await rows(windows) }),
          leftBehind: async () =>
            (await query(`SELECT n FROM _tickets_staged WHERE table_name IN ('${all}', '${windows}')`).catch(() => [])).map(({ n }) => `range ${n}`),
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'tables',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (t) => ({
            all: t.pipe(into(sinks.all)),
            windows: t.pipe(windowed(minute, { by: 'request_type', aggregate: { n: count() } }), into(sinks.windows)),
          }),
        }),
    })
  }, 300_000)
})
