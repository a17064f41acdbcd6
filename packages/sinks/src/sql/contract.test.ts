import { sinkContract } from '@tickets/core/testing'
import { describe, test } from 'vitest'
import { ownDatabases } from '../../test/databases.ts'
import { Every, plain } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'

const row = (i: number): Every => ({ ...plain, small: i })

for (const { kind, sink, rows, query } of await ownDatabases('the contract of sinks')) {
  for (const [what, key] of [
    ['with a key', 'small'],
    ['without a key', undefined],
  ] as const) {
    const cases = sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const table = newTable()
        return {
          open: () => sink<Every>({ table, ...(key ? { key } : {}) }),
          visible: async () => (await rows(table))?.map(({ small }) => row(Number(small))) ?? null,
          staged: async () => (await query('SELECT n FROM _tickets_staged WHERE table_name = ?', [table])).map(({ n }) => String(n)),
        }
      },
    })
    describe(`${kind}Sink ${what}`, () => {
      for (const { name, run } of cases) test(name, run)
    })
  }
}
