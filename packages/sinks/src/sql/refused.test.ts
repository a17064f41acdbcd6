import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generator, into, pipeline, type Sink, type Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { jsonSink, parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { folder } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'

const databases = await ownDatabases('starts that are refused')

/** A run with a fresh log into these sinks. */
const run = async (root: string, log: string, ...sinks: readonly Sink<Ticket>[]) =>
  pipeline({
    name: 'lake',
    source: generator({ tickets: 20 }),
    log: commitLog(join(root, log)),
    flows: (tickets) => Object.fromEntries(sinks.map((sink, i) => [`flow_${i}`, tickets.pipe(into(sink))])),
  }).run({ handleSignals: false })

const marked = async (dir: string) => (await readdir(join(dir, '.staging')).catch((): string[] => [])).includes('owner.tickets')

describeEach(databases, 'a start that is refused claims nothing', (database) => {
  const { query } = database
  test('a table that cannot take the rows, once it is made rightly, belongs to whoever starts then', async () => {
    const root = await folder()
    const table = newTable('refused')
    const sinks = () => [jsonSink<Ticket>(join(root, 'first')), database.sink<Ticket>({ table, key: 'ticket_id' })]
    await query(`CREATE TABLE ${table} (ticket_id VARCHAR(255) PRIMARY KEY)`)
    await expect(run(root, 'log1', ...sinks())).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
    expect(await marked(join(root, 'first'))).toBe(false)
    await query(`DROP TABLE ${table}`)
    await run(root, 'log2', ...sinks())
    expect(await query(`SELECT COUNT(*) AS n FROM ${table}`)).toEqual([{ n: 20 }])
  })

  test('nor does a sink of files whose columns are wrong, or one beside it', async () => {
    const root = await folder()
    const table = newTable('refused')
    const wrong = [
      parquetSink<Ticket>(join(root, 'second'), { partitionBy: ['nowhere' as 'priority'] }),
      parquetSink<Ticket>(join(root, 'second'), { sortBy: 'nowhere' as 'priority' }),
    ]
    for (const [i, sink] of wrong.entries()) {
      const refused = run(root, `wrong${i}`, database.sink<Ticket>({ table }), sink)
      await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('nowhere') })
    }
    expect(await marked(join(root, 'second'))).toBe(false)
    await run(root, 'right', database.sink<Ticket>({ table }), parquetSink<Ticket>(join(root, 'second')))
    expect(await query(`SELECT COUNT(*) AS n FROM ${table}`)).toEqual([{ n: 20 }])
  })
})
