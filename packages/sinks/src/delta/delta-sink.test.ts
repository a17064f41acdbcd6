import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Staged } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { type Case, sinkContract } from '@tickets/core/testing'
import { type DeltaOptions, day, deltaSink } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import { dying } from '../../../../test/files/dying.ts'
import { numbersIn, row } from '../../test/delta-helpers.ts'
import { Every, folder, type Recorded, range, task, tree, twoRanges, writeRows } from '../../test/helpers.ts'

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

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

async function run(options: DeltaOptions<Every>, path: string, files: FileLayer, attempt: string, recorded: Recorded[]): Promise<void> {
  const sink = deltaSink<Every>(path, { files, maxRowsPerFile: 1, encodeWorkers: 0, ...options })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  await twoRanges(await sink.open(task, Every), (n) => [row(2 * n), row(2 * n + 1)], attempt, recorded)
}

test.each(Object.entries(layouts))(
  '6.6 death at every call to the file system, before or after it happened: each row once: %s',
  async (_, options) => {
    for (const after of [false, true]) {
      for (let last = 1, died = true; died; last++) {
        const path = await folder()
        const recorded: Recorded[] = []
        died = await run(options, path, dying(last, after), 'first', recorded).then(
          () => false,
          () => true,
        )
        await run(options, path, nodeFiles, 'second', recorded)
        expect((await numbersIn(path))?.sort(), `after ${after}, call ${last}`).toEqual([0, 1, 2, 3])
        expect((await tree(path)).filter((name) => /^\.staging\/log1\/.*\.tmp$/.test(name))).toEqual([])
        if (!died) expect(last).toBeGreaterThan(40)
      }
    }
  },
)

test('a later version of a flow has a table of its own beside the first', async () => {
  const path = join(await folder(), 'table')
  const later = deltaSink<Every>(path).version?.(2)
  if (!later) expect.fail('a Delta table has versions')
  expect(later.target).toBe(`file:${path}.v2`)
  await later.begin?.({ id: 'log1', takesOver: false, remove: [] })
  const writer = await later.open(task, Every)
  await writeRows(writer, [row(1)])
  await writer.publish((await writer.stage(0, 'a', range(0, 1))) as Staged)
  expect([await numbersIn(path), await numbersIn(`${path}.v2`)]).toEqual([null, [1]])
})
