import { nodeFiles } from '@tickets/core/node'
import { compact, files } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'
import {
  copyOf,
  dying,
  globbed,
  type How,
  leftovers,
  numbersIn,
  publishOne,
  publishRows,
  quick,
  stageOne,
  taskNamed,
} from '../../test/lake-helpers.ts'

/** Two tasks with four ranges each; what a compaction made of the first ones is there already. */
async function make(): Promise<{ dir: string; all: number[] }> {
  const dir = await folder()
  const all: number[] = []
  for (let n = 0; n < 5; n++) {
    for (const task of ['tickets-0', 'tickets-1']) {
      const numbers = [all.length, all.length + 1]
      await publishRows(dir, taskNamed(task), n, numbers, { files: quick })
      all.push(...numbers)
    }
    if (n === 2) await compact(dir, { files: quick })
  }
  return { dir, all }
}

let made: ReturnType<typeof make> | undefined
async function dataset(): Promise<{ dir: string; all: number[] }> {
  made ??= make()
  const { dir, all } = await made
  return { dir: await copyOf(dir), all }
}

/** What holds whenever anybody looks: the list is exact, and a glob finds each row. */
async function check(dir: string, all: readonly number[], where: string): Promise<void> {
  expect(await numbersIn(await files(dir)), where).toEqual(all)
  expect([...new Set(await numbersIn(await globbed(dir)))], where).toEqual(all)
}

/** What holds once a compaction has come to its end. */
async function checkEnd(dir: string, all: readonly number[], where: string): Promise<void> {
  await compact(dir, { files: quick })
  expect(await numbersIn(await files(dir)), where).toEqual(all)
  expect(await numbersIn(await globbed(dir)), where).toEqual(all)
  const names = (await files(dir)).map((path) => path.slice(dir.length + 1))
  expect(names, where).toEqual([
    expect.stringMatching(/^part-log1-compact-\d-0\.jsonl$/),
    'part-log1-tickets-0-4-0.jsonl',
    'part-log1-tickets-1-4-0.jsonl',
  ])
  expect(await leftovers(dir), where).toEqual([expect.stringMatching(/^\.lake\/log1\/\d{20}\.compaction$/)])
}

const hows: readonly How[] = ['before', 'after', 'torn']

/** The calls of a compaction that nothing disturbs. */
async function callsOf(): Promise<readonly string[]> {
  const layer = dying(Number.POSITIVE_INFINITY, 'before')
  await compact((await dataset()).dir, { files: layer })
  return layer.calls
}

test('6.5 death at every call to the file system, before, after and during: exact at once, and once more compacted each row once', async () => {
  const calls = await callsOf()
  expect(calls.length).toBeGreaterThan(60)
  for (const how of hows) {
    for (let last = 1; last <= calls.length; last++) {
      const call = calls[last - 1]
      // What does not write cannot be torn.
      if (how === 'torn' && !call?.startsWith('write')) continue
      const { dir, all } = await dataset()
      const where = `${how} call ${last}, ${call}`
      await expect(compact(dir, { files: dying(last, how) }), where).rejects.toThrow('died')
      await check(dir, all, where)
      await checkEnd(dir, all, where)
    }
  }
})

test('the same, dying in the recovery too', async () => {
  for (let first = 40; first < 130; first += 8) {
    for (let second = 10; second < 80; second += 9) {
      const { dir, all } = await dataset()
      await compact(dir, { files: dying(first, first % 2 === 0 ? 'before' : 'after') }).catch(() => {})
      await compact(dir, { files: dying(second, second % 4 === 0 ? 'before' : 'after') }).catch(() => {})
      await check(dir, all, `${first}, ${second}`)
      await checkEnd(dir, all, `${first}, ${second}`)
    }
  }
})

test('a task that starts again finds its newest file where it published it', async () => {
  const { dir } = await dataset()
  await compact(dir)
  const names = await nodeFiles.readFolder(dir)
  expect(names).toContain('part-log1-tickets-0-4-0.jsonl')
  expect(names).not.toContain('part-log1-tickets-0-3-0.jsonl')
})

test('a range whose publishing died is listed whole or not at all', async () => {
  let partial = 0
  for (let last = 1, died = true; died; last++) {
    const { dir, all } = await dataset()
    const id = taskNamed('tickets-0')
    const staged = await stageOne(dir, id, 5, [100, 101, 102], { files: quick, maxRowsPerFile: 1 })
    died = await publishOne(dir, id, staged, { files: dying(last, 'after') }).then(
      () => false,
      () => true,
    )
    const seen = (await numbersIn(await globbed(dir))).length - all.length
    if (seen > 0 && seen < 3) partial++
    expect(await numbersIn(await files(dir)), `call ${last}`).toEqual(seen === 3 ? [...all, 100, 101, 102] : all)
  }
  expect(partial).toBeGreaterThan(0)
})
