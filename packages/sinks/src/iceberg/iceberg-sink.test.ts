import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Staged, Storage } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { type Case, memoryStorage, sinkContract } from '@tickets/core/testing'
import { day, fileCatalog, type IcebergOptions, icebergSink, restCatalog } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { dying } from '../../../../test/files/dying.ts'
import { Every, folder, plain, type Recorded, range, task, tree, twoRanges, writeRows } from '../../test/helpers.ts'
import { filesOfIceberg } from '../../test/iceberg-files.ts'

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const row = (i: number): Every => ({ ...plain, small: i, yes: i % 2 === 0 })

/** The numbers of the rows that a table has; null where it has no snapshot. */
async function numbersIn(place: string | Storage): Promise<number[] | null> {
  const content = async (file: string) => (typeof place === 'string' ? await readFile(join(place, file)) : ((await place.read(file)) ?? []))
  const read = async (file: string) => parquetReadObjects({ file: Uint8Array.from(await content(file)).buffer, columns: ['small'] })
  const files = await filesOfIceberg(place)
  return files && (await Promise.all(files.map(read))).flat().map(({ small }) => Number(small))
}

type Options = Omit<IcebergOptions<Every>, 'catalog'>
const layouts: Readonly<Record<string, Options>> = {
  'in one folder': {},
  'in partitions': { partitionBy: ['yes', day('at')] },
}

for (const [layout, options] of Object.entries(layouts)) {
  apply(
    `icebergSink ${layout}`,
    sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const path = join(await folder(), 'table')
        return {
          open: () => icebergSink<Every>(path, { catalog: fileCatalog(), ...options }),
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

apply(
  'icebergSink on a storage that is no disk',
  sinkContract<Every>({
    schema: Every,
    row,
    make: async () => {
      const storage = memoryStorage()
      return {
        open: () => icebergSink<Every>(storage.open(), { catalog: fileCatalog(), partitionBy: ['yes'] }),
        visible: async () => (await numbersIn(storage))?.map(row) ?? null,
        staged: async () => [...storage.hidden],
      }
    },
  }),
)

async function run(options: Options, path: string, files: FileLayer, attempt: string, recorded: Recorded[]): Promise<void> {
  const sink = icebergSink<Every>(path, { catalog: fileCatalog(), files, maxRowsPerFile: 1, encodeWorkers: 0, ...options })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  await twoRanges(await sink.open(task, Every), (n) => [row(2 * n), row(2 * n + 1)], attempt, recorded)
}

test.each(Object.entries(layouts))(
  '6.7 death at every call to the file system, before or after it happened: each row once: %s',
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
        if (!died) expect(last).toBeGreaterThan(60)
      }
    }
  },
)

test('a later version of a flow has a table of its own beside the first', async () => {
  const path = join(await folder(), 'table')
  const later = icebergSink<Every>(path, { catalog: fileCatalog() }).version?.(2)
  if (!later) expect.fail('an Iceberg table has versions')
  expect(later.target).toBe(`file:${path}.v2`)
  await later.begin?.({ id: 'log1', takesOver: false, remove: [] })
  const writer = await later.open(task, Every)
  await writeRows(writer, [row(1)])
  await writer.publish((await writer.stage(0, 'a', range(0, 1))) as Staged)
  expect([await numbersIn(path), await numbersIn(`${path}.v2`)]).toEqual([null, [1]])
})

test('options that make no sense are refused at once', () => {
  const make = (options: object) => () => icebergSink('x', options as never)
  expect(make({})).toThrow(/catalog of an icebergSink is restCatalog/)
  expect(make({ catalog: fileCatalog(), compression: 'zstd' })).toThrow(/'snappy' or 'none'/)
  expect(make({ catalog: fileCatalog(), compact: { every: '1 minute' } })).toThrow(/no `compact`/)
  expect(make({ catalog: restCatalog({ uri: 'http://host' }) })).toThrow(/table names one of the catalog/)
})
