import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Case, sinkContract } from '@tickets/core/testing'
import { type DeltaOptions, day, deltaSink } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { describe, test } from 'vitest'
import { Every, folder, plain } from '../../test/helpers.ts'
import type { Action } from './actions.ts'

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const row = (i: number): Every => ({ ...plain, small: i, yes: i % 2 === 0 })

/** The numbers of the rows that a table has, as the protocol of Delta tables says; null where there is no table. */
async function numbersIn(path: string): Promise<number[] | null> {
  const names = await readdir(join(path, '_delta_log')).catch(() => null)
  if (!names) return null
  const files = new Set<string>()
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const lines = (await readFile(join(path, '_delta_log', name), 'utf8')).split('\n').filter(Boolean)
    for (const { add, remove } of lines.map((line) => JSON.parse(line) as Action)) {
      if (add) files.add(decodeURIComponent(add.path))
      if (remove) files.delete(decodeURIComponent(remove.path))
    }
  }
  const read = async (name: string) => parquetReadObjects({ file: Uint8Array.from(await readFile(join(path, name))).buffer, columns: ['small'] })
  return (await Promise.all([...files].map(read))).flat().map(({ small }) => Number(small))
}

const layouts: Readonly<Record<string, DeltaOptions<Every>>> = {
  'in one folder': {},
  'in partitions': { partitionBy: ['yes', day('at')] },
}

for (const [layout, options] of Object.entries(layouts)) {
  apply(
    `deltaSink ${layout}`,
    sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const path = join(await folder(), 'table')
        return {
          open: () => deltaSink<Every>(path, options),
          visible: async () => (await numbersIn(path))?.map(row) ?? null,
          staged: async () =>
            (await readdir(join(path, '.staging'), { recursive: true, withFileTypes: true }))
              .filter((entry) => entry.name.endsWith('.tmp'))
              .map(({ name }) => name),
        }
      },
    }),
  )
}
