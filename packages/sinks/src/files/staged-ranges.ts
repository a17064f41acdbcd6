import { join } from 'node:path'
import { type FileLayer, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

/** The folders of the ranges that a task has staged in a target: in those of its flows, and where earlier releases had them, without a flow. */
export async function stagedRanges(files: FileLayer, target: string, logId: string, task: string): Promise<{ folder: string; name: string }[]> {
  const inside = (folder: string) => unless(files.readFolder(folder), ['ENOENT', 'ENOTDIR'], [] as readonly string[])
  const log = join(stagingOf(target), logId)
  const found: { folder: string; name: string }[] = []
  for (const folder of [join(log, task), ...(await inside(log)).map((flow) => join(log, flow, task))])
    for (const name of await inside(folder)) found.push({ folder, name })
  return found
}
