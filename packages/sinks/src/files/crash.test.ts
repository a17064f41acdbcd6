import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { day, type FileOptions, jsonSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { dying } from '../../../../test/files/dying.ts'
import { Every, folder, plain, published, type Recorded, sparse, task, tree, twoRanges } from '../../test/helpers.ts'
import { failingOnce, quick } from '../../test/lake-helpers.ts'

async function run(options: FileOptions, path: string, files: FileLayer, attempt: string, recorded: Recorded[]): Promise<void> {
  const writer = await jsonSink(path, { files, maxRowsPerFile: 1, ...options }).open(task, Every)
  const rows = (n: number) => [
    { ...plain, small: n },
    { ...sparse, small: n },
  ]
  await twoRanges(writer, rows, attempt, recorded)
}

const rowsOf = async (path: string) => {
  const texts = await Promise.all((await published(path)).map((name) => readFile(join(path, name), 'utf8')))
  return texts.map((text) => JSON.parse(text).small).sort()
}

/** What there is when nothing is left over: the files with their folders, and the folder of the task. */
const whole = async (path: string) => {
  const files = await published(path)
  const folders = files.flatMap((name) =>
    name
      .split('/')
      .slice(0, -1)
      .map((_, i, all) => `${all.slice(0, i + 1).join('/')}/`),
  )
  return ['.staging/', '.staging/log1/', '.staging/log1/all/', '.staging/log1/all/tickets-0/', ...new Set(folders), ...files].sort()
}

const kinds: Readonly<Record<string, FileOptions>> = {
  'one folder': {},
  'in partitions': { partitionBy: ['kindOrNull', day('at')] },
}

test.each(Object.entries(kinds))(
  'death at every call to the file system, before or after it happened: each row once, nothing left over: %s',
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
        expect(await rowsOf(path), `after ${after}, call ${last}`).toEqual([0, 0, 1, 1])
        expect(await tree(path)).toEqual(await whole(path))
        if (!died) expect(last).toBeGreaterThan(25)
      }
    }
  },
)

test.each(Object.entries(kinds))('the same, dying twice: %s', async (_, options) => {
  for (let first = 1; first < 40; first += 2) {
    for (let second = 1; second < 12; second++) {
      const path = await folder()
      const recorded: Recorded[] = []
      await run(options, path, dying(first, second % 2 === 0), 'first', recorded).catch(() => {})
      await run(options, path, dying(second, first % 3 === 0), 'second', recorded).catch(() => {})
      await run(options, path, nodeFiles, 'third', recorded)
      expect(await rowsOf(path), `${first}, ${second}`).toEqual([0, 0, 1, 1])
    }
  }
})

test.each(Object.entries(kinds))(
  'one passing EIO at any call, its work done or not: reported or without consequence, and recovered twice: %s',
  async (_, options) => {
    const calm = failingOnce(0)
    await run(options, await folder(), calm, 'first', [])
    let told = 0
    for (const isDone of [false, true]) {
      for (let at = 1; at <= calm.calls.length; at++) {
        const path = await folder()
        const recorded: Recorded[] = []
        const where = `call ${at}, ${calm.calls[at - 1]}, done ${isDone}`
        const outcome = await run(options, path, failingOnce(at, isDone), 'first', recorded).catch((error: unknown) => error)
        if (outcome) {
          told++
          expect(outcome, where).toMatchObject({ code: expect.stringMatching(/^(SINK_FAILED|TARGET_UNUSABLE)$/) })
        } else expect(await rowsOf(path), where).toEqual([0, 0, 1, 1])
        for (const attempt of ['second', 'third']) {
          await run(options, path, quick, attempt, recorded)
          expect(await rowsOf(path), `${where}, ${attempt}`).toEqual([0, 0, 1, 1])
          expect(await tree(path), `${where}, ${attempt}`).toEqual(await whole(path))
        }
      }
    }
    expect(told).toBeGreaterThan(calm.calls.length)
  },
)
