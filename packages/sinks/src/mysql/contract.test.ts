import { type Case, sinkContract } from '@tickets/core/testing'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { newTable, ownDatabase } from '../../test/mysql-helpers.ts'

const database = await ownDatabase('the MySQL sink')

const apply = (what: string, cases: readonly Case[]) =>
  describe.skipIf(!database)(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const row = (i: number): Every => ({ ...plain, small: i })

for (const [what, key] of [
  ['mysqlSink with a key', 'small'],
  ['mysqlSink without a key', undefined],
] as const) {
  apply(
    what,
    sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        if (!database) throw new Error('no database')
        const { url, rows, query } = database
        const table = newTable()
        return {
          open: () => mysqlSink<Every>({ url, table, ...(key ? { key } : {}) }),
          visible: async () => (await rows(table))?.map(({ small }) => row(Number(small))) ?? null,
          staged: async () => (await query('SELECT n FROM _tickets_staged WHERE table_name = ?', [table])).map(({ n }) => String(n)),
        }
      },
    }),
  )
}
