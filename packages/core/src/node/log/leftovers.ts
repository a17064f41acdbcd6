import { join } from 'node:path'
import { type FileLayer, unless } from '../files/file-layer.ts'

/** A trial takes milliseconds: one that is older than this was left by a process that was killed. */
const LEFTOVER_AGE_MS = 60_000

/**
 * Removes what killed starts have left in a folder: files for trials, and temporary ones of marks, of pipeline records and of the commits of a table. What another process
 * makes at this moment is not old enough.
 *
 * @param isDone whether no process can still create the file of this name, so that `.commit-<name>-<uuid>.tmp` goes at any age
 */
export async function removeLeftovers(files: FileLayer, folder: string, isDone: (name: string) => boolean = () => false): Promise<void> {
  for (const name of await unless(files.readFolder(folder), ['ENOENT', 'ENOTDIR'], [] as readonly string[])) {
    if (!/^\.?(trial|pipeline|owner|commit)-.+\.tmp$/.test(name)) continue
    const path = join(folder, name)
    const [, created = ''] = /^\.commit-(.+)-[\da-f-]{36}\.tmp$/.exec(name) ?? []
    const isLate = created !== '' && isDone(created)
    const found = await files.stat(path)
    if (found?.kind === 'file' && (isLate || Date.now() - found.modified > LEFTOVER_AGE_MS)) await unless(files.unlink(path), ['ENOENT'], undefined)
  }
}
