import { join } from 'node:path'
import { type FileLayer, unless } from '@tickets/core/node'
import { listParts } from './list-parts.ts'
import { parseRangeFolder, stagingOf, taskFolder } from './names.ts'

/** A range is cut once the record two before it is committed: one is staged, one recorded, at most. */
const AHEAD = 2

/** What compactions write has numbers of its own. */
const COMPACT = 'compact'

/**
 * task → the record that its log must have reached, by what is published here and what is staged. A log that ends before it is older than
 * the target.
 */
export async function reachedIn(
  files: FileLayer,
  target: string,
  log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] },
): Promise<Readonly<Record<string, number>>> {
  const reached = new Map<string, number>()
  const raise = (task: string, n: number) => reached.set(task, Math.max(n, reached.get(task) ?? -1))
  const inside = (folder: string) => unless(files.readFolder(folder), ['ENOENT', 'ENOTDIR'], [] as readonly string[])
  for (const path of await unless(listParts(files, target), ['ENOENT', 'ENOTDIR'], [])) {
    const [, id, task = '', n] = /part-([^-]+)-(.+)-(\d+)-\d+\.\w+$/.exec(path) ?? []
    if (id === log.id && task !== COMPACT) raise(task, Number(n))
  }
  for (const task of log.tasks) {
    const folder = taskFolder(target, { logId: log.id, flow: log.flow, task })
    for (const name of [...(await inside(folder)), ...(await inside(join(stagingOf(target), log.id, task)))]) {
      const range = parseRangeFolder(name)
      if (range) raise(task, range.n - AHEAD)
    }
  }
  return Object.fromEntries(reached)
}
