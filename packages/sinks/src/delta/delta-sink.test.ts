import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Staged } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { type Case, sinkContract } from '@tickets/core/testing'
import { type DeltaOptions, day, deltaSink } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { dying } from '../../../../test/files/dying.ts'
import { Every, folder, plain, range, task, tree, writeRows } from '../../test/helpers.ts'
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

/** Ranges 0 and 1 in order, as the runner does them; `recorded` stands for the log. */
async function run(
  options: DeltaOptions<Every>,
  path: string,
  files: FileLayer,
  attempt: string,
  recorded: { n: number; attempt: string; staged: Staged }[],
): Promise<void> {
  const sink = deltaSink<Every>(path, { files, maxRowsPerFile: 1, encodeWorkers: 0, ...options })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  const writer = await sink.open(task, Every)
  const head = recorded.at(-1)
  if (head) {
    await writer.publish(head.staged)
    await writer.sweep(head)
  }
  for (let n = (head?.n ?? -1) + 1; n < 2; n++) {
    await writeRows(writer, [row(2 * n), row(2 * n + 1)])
    const staged = (await writer.stage(n, attempt, range(n, n + 1))) as Staged
    recorded.push({ n, attempt, staged: JSON.parse(JSON.stringify(staged)) })
    await writer.publish(staged)
    await writer.sweep({ n, attempt })
  }
}

test.each(Object.entries(layouts))(
  '6.6 death at every call to the file system, before or after it happened: each row once: %s',
  async (_, options) => {
    for (const after of [false, true]) {
      for (let last = 1, died = true; died; last++) {
        const path = await folder()
        const recorded: { n: number; attempt: string; staged: Staged }[] = []
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
