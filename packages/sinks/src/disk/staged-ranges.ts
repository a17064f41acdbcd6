import { join } from 'node:path'
import type { TaskId } from '@tickets/core'
import { parseStagingName, taskStaging } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

const namesIn = (files: FileLayer, folder: string) => unless(files.readFolder(folder), ['ENOENT', 'ENOTDIR'], [] as readonly string[])

/** The folders in which a task stages, that of earlier releases among them; those of all flows where it names none. */
async function foldersOf(files: FileLayer, target: string, { logId, task, flow }: TaskId): Promise<string[]> {
  const log = join(stagingOf(target), logId)
  const flows = flow === '' ? (await namesIn(files, log)).map((name) => join(log, name, task)) : [join(target, taskStaging({ logId, task, flow }))]
  return [join(log, task), ...flows]
}

/** Returns the numbers of the ranges that a task has staged. */
export async function stagedNumbers(files: FileLayer, target: string, task: TaskId): Promise<readonly number[]> {
  const numbers: number[] = []
  for (const folder of await foldersOf(files, target, task))
    for (const name of await namesIn(files, folder)) {
      const range = parseStagingName(name)
      if (range) numbers.push(range.n)
    }
  return numbers
}

/**
 * Returns whether a range is being published at this moment: one staged file of an attempt is published and another is not. Only a task's newest range
 * can be, since the previous one was published whole before the next record was created (docs/internals/protocol.md#3.6).
 */
export async function isPublishing(
  files: FileLayer,
  target: string,
  task: TaskId,
  n: number,
  published: ReadonlyMap<string, string>,
): Promise<boolean> {
  for (const folder of await foldersOf(files, target, task)) {
    for (const attempt of await namesIn(files, folder)) {
      if (parseStagingName(attempt)?.n !== n) continue
      const staged = (await namesIn(files, join(folder, attempt))).filter((name) => name.endsWith('.tmp'))
      const isThere = (name: string) => published.get(name.slice(0, -'.tmp'.length))
      if (staged.every(isThere)) continue
      for (const name of staged) {
        const path = isThere(name)
        if (path === undefined) continue
        const [hidden, visible] = [await files.stat(join(folder, attempt, name)), await files.stat(join(target, path))]
        if (hidden && hidden.identity === visible?.identity) return true
      }
    }
  }
  return false
}
