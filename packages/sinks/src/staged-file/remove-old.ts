import { dirname, join } from 'node:path'
import { type FileLayer, removeFolderWithFiles, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

/** Removes what logs that lost the target had staged: folders of tasks, with folders of ranges in them. */
export async function removeStagingOf(files: FileLayer, target: string, logs: readonly string[]): Promise<void> {
  const staging = stagingOf(target)
  const inside = (folder: string) => unless(files.readFolder(folder), ['ENOENT'], [] as string[])
  for (const log of (await inside(staging)).filter((name) => logs.includes(name))) {
    for (const task of await inside(join(staging, log))) {
      for (const range of await inside(join(staging, log, task))) await removeFolderWithFiles(files, join(staging, log, task, range))
      await unless(files.removeFolder(join(staging, log, task)), ['ENOENT'], undefined)
    }
    await unless(files.removeFolder(join(staging, log)), ['ENOENT'], undefined)
  }
}

/** Removes published files, and the folders of partitions that are empty then. Again is fine: what is gone is gone. */
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
  if (names.length > 0) await files.syncFolder(target)
}
