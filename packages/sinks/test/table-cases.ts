import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sink, Staged } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { sinkContract } from '@tickets/core/testing'
import { describe, expect, test } from 'vitest'
import { dying } from '../../../test/files/dying.ts'
import { Every, folder, plain, type Recorded, range, task, tree, twoRanges, writeRows } from './helpers.ts'

/** Rows are distinguished by `small`; every other one has `yes`. */
export const row = (i: number): Every => ({ ...plain, small: i, yes: i % 2 === 0 })

/** A kind of table that sinks write. */
export interface TableKind<O extends object> {
  /** Makes a sink for a folder. */
  readonly sink: (
    path: string,
    options: O & { readonly files?: FileLayer; readonly maxRowsPerFile?: number; readonly encodeWorkers?: number },
  ) => Sink<Every>
  /** Returns the numbers of the rows that a table has; null where there is none. */
  readonly numbersIn: (path: string) => Promise<number[] | null>
}

/** Holds a sink of tables in a folder to the contract of sinks. */
export function tableContract<O extends object>(what: string, { sink, numbersIn }: TableKind<O>, options: O): void {
  describe(what, () => {
    const cases = sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const path = join(await folder(), 'table')
        return {
          open: () => sink(path, options),
          visible: async () => (await numbersIn(path))?.map(row) ?? null,
          staged: async () =>
            (await readdir(join(path, '.staging'), { recursive: true, withFileTypes: true }))
              .filter((entry) => entry.name.endsWith('.tmp'))
              .map(({ name }) => name),
        }
      },
    })
    for (const { name, run } of cases) test(name, run)
  })
}

/** Lets a process die at every call to the file system, before it happened or after, and checks that the next one leaves each row once. */
export async function dieAtEveryCall<O extends object>({ sink, numbersIn }: TableKind<O>, options: O, least: number): Promise<void> {
  const run = async (path: string, files: FileLayer, attempt: string, recorded: Recorded[]) => {
    const opened = sink(path, { files, maxRowsPerFile: 1, encodeWorkers: 0, ...options })
    await opened.begin?.({ id: 'log1', takesOver: false, remove: [] })
    await twoRanges(await opened.open(task, Every), (n) => [row(2 * n), row(2 * n + 1)], attempt, recorded)
  }
  for (const after of [false, true]) {
    for (let last = 1, died = true; died; last++) {
      const path = await folder()
      const recorded: Recorded[] = []
      died = await run(path, dying(last, after), 'first', recorded).then(
        () => false,
        () => true,
      )
      await run(path, nodeFiles, 'second', recorded)
      expect((await numbersIn(path))?.sort(), `after ${after}, call ${last}`).toEqual([0, 1, 2, 3])
      expect((await tree(path)).filter((name) => /^\.staging\/log1\/.*\.tmp$/.test(name))).toEqual([])
      if (!died) expect(last).toBeGreaterThan(least)
    }
  }
}

/** Checks that a later version of a flow has a table of its own beside the first. */
export async function checkLaterVersion<O extends object>({ sink, numbersIn }: TableKind<O>, options: O): Promise<void> {
  const path = join(await folder(), 'table')
  const later = sink(path, options).version?.(2)
  if (!later) expect.fail('a table has versions')
  expect(later.target).toBe(`file:${path}.v2`)
  await later.begin?.({ id: 'log1', takesOver: false, remove: [] })
  const writer = await later.open(task, Every)
  await writeRows(writer, [row(1)])
  await writer.publish((await writer.stage(0, 'a', range(0, 1))) as Staged)
  expect([await numbersIn(path), await numbersIn(`${path}.v2`)]).toEqual([null, [1]])
}
