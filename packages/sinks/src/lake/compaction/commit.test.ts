import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compact, files } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { copyOf, failingOnce, globbed, leftovers, numbersIn, publishRows, quick, taskNamed } from '../../../test/lake-helpers.ts'

const RANGES = 7

/** One task with ranges of one row each. */
async function dataset(): Promise<string> {
  const dir = await folder()
  for (let n = 0; n < RANGES; n++) await publishRows(dir, taskNamed('tickets-0'), n, [n], { files: quick })
  return dir
}

const all = Array.from({ length: RANGES }, (_, n) => n)

/** A target size that makes several groups of the ranges. */
async function sizeOfThree(dir: string): Promise<number> {
  return 3 * ((await quick.stat(join(dir, 'part-log1-tickets-0-0-0.jsonl')))?.size ?? 0)
}

test('one passing EIO at any call of several groups: reported or without consequence, and once more compacted each row once', async () => {
  const made = await dataset()
  const size = await sizeOfThree(made)
  const whole = failingOnce(Number.POSITIVE_INFINITY)
  expect(await compact(await copyOf(made), { files: whole, targetFileSize: size })).toMatchObject({ written: 2, merged: 6 })
  let told = 0
  let tried = 0
  for (let at = 1; at <= whole.calls.length; at++) {
    // All that changes something, and some of what only looks.
    if (/^(stat|read)/.test(whole.calls[at - 1] ?? '') && at % 4 !== 0) continue
    tried++
    const dir = await copyOf(made)
    const where = `call ${at}, ${whole.calls[at - 1]}`
    const outcome = await compact(dir, { files: failingOnce(at), targetFileSize: size }).then(
      () => null,
      (error: unknown) => error,
    )
    if (outcome) told++
    if (outcome) expect(outcome, where).toMatchObject({ code: expect.stringMatching(/^(SINK_FAILED|TARGET_UNUSABLE)$/) })
    expect(await numbersIn(await files(dir)), where).toEqual(all)
    // A compaction without an error is done, so nothing may be left for the next one.
    if (!outcome) expect(await numbersIn(await globbed(dir)), where).toEqual(all)
    await compact(dir, { files: quick, targetFileSize: size })
    expect(await numbersIn(await files(dir)), where).toEqual(all)
    expect(await numbersIn(await globbed(dir)), where).toEqual(all)
    expect(await leftovers(dir), where).toEqual([expect.stringMatching(/\.compaction$/)])
  }
  expect(told).toBeGreaterThan(tried / 2)
})

const compacted = async (dir: string) => (await globbed(dir)).map((path) => basename(path)).filter((name) => name.includes('compact'))

test('numbers continue above the names of files where the records were deleted', async () => {
  const dir = await dataset()
  await compact(dir, { files: quick, targetFileSize: await sizeOfThree(dir) })
  expect((await compacted(dir)).sort()).toEqual(['part-log1-compact-0-0.jsonl', 'part-log1-compact-1-0.jsonl'])
  await rm(join(dir, '.lake'), { recursive: true })
  expect(await compact(dir, { files: quick })).toMatchObject({ written: 1 })
  expect(await compacted(dir)).toEqual(['part-log1-compact-2-0.jsonl'])
  expect(await numbersIn(await globbed(dir))).toEqual(all)
})
