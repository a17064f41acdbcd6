import { dirname, join } from 'node:path'
import { type FileLayer, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

/** Removes a folder and all in it. One that another process still writes into stays for the next time. */
async function removeTree(files: FileLayer, path: string): Promise<void> {
  for (const name of await unless(files.readFolder(path), ['ENOENT', 'ENOTDIR'], [] as readonly string[])) {
    const inner = join(path, name)
    if ((await files.stat(inner))?.kind === 'folder') await removeTree(files, inner)
    else await unless(files.unlink(inner), ['ENOENT'], undefined)
  }
  await unless(files.removeFolder(path), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
}

/** Removes what logs that lost the target had staged. */
export async function removeStagingOf(files: FileLayer, target: string, logs: readonly string[]): Promise<void> {
  const staging = stagingOf(target)
  const found = await unless(files.readFolder(staging), ['ENOENT'], [] as readonly string[])
  for (const log of found.filter((name) => logs.includes(name))) await removeTree(files, join(staging, log))
}

/** Removes files durably, and the folders below the target that are empty then. Repeating it changes nothing. */
export async function removeParts(files: FileLayer, target: string, names: readonly string[]): Promise<void> {
  for (const name of names) await unless(files.unlink(join(target, name)), ['ENOENT', 'ENOTDIR'], undefined)
  const folders = new Set<string>()
  for (const name of names) for (let at = dirname(name); at !== '.'; at = dirname(at)) folders.add(at)
  const deepestFirst = [...folders].sort((a, b) => b.split('/').length - a.split('/').length)
  const left: string[] = []
  for (const folder of deepestFirst) {
    const gone = await unless(
      files.removeFolder(join(target, folder)).then(() => true),
      ['ENOENT', 'ENOTDIR'],
      true,
    ).catch(() => false)
    if (!gone) left.push(folder)
  }
  // The folders that stay have lost files, or folders.
  for (const folder of left) await unless(files.syncFolder(join(target, folder)), ['ENOENT'], undefined)
  if (names.length > 0) await unless(files.syncFolder(target), ['ENOENT'], undefined)
}
