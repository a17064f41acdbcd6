import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { codeOf, type FileLayer, unless } from '@tickets/core/node'
import { fault } from './faults.ts'
import type { StagedRange } from './staged.ts'

async function linkOne(files: FileLayer, target: string, from: string, name: string): Promise<void> {
  const to = join(target, name)
  try {
    return await files.link(from, to)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error
    const [staged, published] = [await files.stat(from), await files.stat(to)]
    // Published before: by this process, one that crashed, or one that recovers the same record at this moment.
    if (published && (!staged || staged.identity === published.identity)) return
    if (published) {
      throw new TicketsError(
        'SINK_FAILED',
        `${to} is not the file that was staged for that name: move it out of ${target} and start again; the staged rows are safe in ${from}`,
        { cause: error },
      )
    }
    if (staged) throw error
    throw new TicketsError(
      'STAGED_LOST',
      `${name} is recorded as written, but stands neither in ${target} nor in its .staging: restore it from a backup, or start over (delete the log, mode: 'overwrite')`,
      { cause: error },
    )
  }
}

/** Gives the staged files their published names, durably, then takes their staged names away. Again is fine: it changes nothing. */
export async function publishRange(files: FileLayer, target: string, { staging, files: staged }: StagedRange): Promise<void> {
  const folder = join(target, staging)
  const hidden = (name: string) => join(folder, `${name}.tmp`)
  try {
    for (const { name } of staged) await linkOne(files, target, hidden(name), name)
    // The published names must be on the disk before the staged ones may go.
    await files.syncFolder(target)
    for (const { name } of staged) await unless(files.unlink(hidden(name)), ['ENOENT'], undefined)
    await unless(files.removeFolder(folder), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
  } catch (error) {
    throw fault(error, 'publishing to', target)
  }
}
