import { join } from 'node:path'
import { isPartitionFolder } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'
import { parseRangeFolder, stagingOf, taskFolder } from './names.ts'

const namesIn = (files: FileLayer, folder: string) => unless(files.readFolder(folder), ['ENOENT', 'ENOTDIR'], [] as readonly string[])

async function walk(files: FileLayer, target: string, folder: string, found: string[]): Promise<void> {
  const names = await unless(files.readFolder(join(target, folder)), folder === '' ? [] : ['ENOENT'], [] as readonly string[])
  // A dataset of its own may lie below this one.
  if (folder !== '' && names.includes('.staging')) return
  for (const name of names) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (name.startsWith('part-')) {
      if ((await files.stat(join(target, path)))?.kind === 'file') found.push(path)
    } else if (isPartitionFolder(name) && (await files.stat(join(target, path)))?.kind === 'folder') await walk(files, target, path, found)
  }
}

/** Returns the published files of a dataset, sorted and relative to it, those in partitions included. Other folders are not part of the dataset. */
export async function listParts(files: FileLayer, target: string): Promise<string[]> {
  const found: string[] = []
  await walk(files, target, '', found)
  return found.sort()
}

/** Returns the folders of the ranges that a task has staged in a target, by flow, and without one where earlier releases staged. */
export async function stagedRanges(files: FileLayer, target: string, logId: string, task: string): Promise<{ folder: string; name: string }[]> {
  const log = join(stagingOf(target), logId)
  const found: { folder: string; name: string }[] = []
  for (const folder of [join(log, task), ...(await namesIn(files, log)).map((flow) => join(log, flow, task))])
    for (const name of await namesIn(files, folder)) found.push({ folder, name })
  return found
}

/** How far staged ranges may be ahead of the committed record: at most one range is staged and one being recorded. */
const AHEAD = 2

/** The task of compacted files, which have numbers of their own. */
const COMPACT = 'compact'

/**
 * Returns, for each task, the record that its log must have reached, by what is published and staged here. A log that ends before it is older than the
 * target.
 */
export async function reachedIn(
  files: FileLayer,
  target: string,
  log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] },
): Promise<Readonly<Record<string, number>>> {
  const reached = new Map<string, number>()
  const raise = (task: string, n: number) => reached.set(task, Math.max(n, reached.get(task) ?? -1))
  for (const path of await unless(listParts(files, target), ['ENOENT', 'ENOTDIR'], [])) {
    const [, id, task = '', n] = /part-([^-]+)-(.+)-(\d+)-\d+\.\w+$/.exec(path) ?? []
    if (id === log.id && task !== COMPACT) raise(task, Number(n))
  }
  for (const task of log.tasks) {
    const folder = taskFolder(target, { logId: log.id, flow: log.flow, task })
    for (const name of [...(await namesIn(files, folder)), ...(await namesIn(files, join(stagingOf(target), log.id, task)))]) {
      const range = parseRangeFolder(name)
      if (range) raise(task, range.n - AHEAD)
    }
  }
  return Object.fromEntries(reached)
}
