import { join } from 'node:path'
import { type FileLayer, unless } from '@tickets/core/node'
import { isPartitionFolder } from './part-name.ts'

const STAGING = '.staging'

async function walk(files: FileLayer, target: string, folder: string, found: string[]): Promise<void> {
  const names = await unless(files.readFolder(join(target, folder)), folder === '' ? [] : ['ENOENT'], [] as readonly string[])
  // A dataset of its own may lie below this one.
  if (folder !== '' && names.includes(STAGING)) return
  for (const name of names) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (name.startsWith('part-')) {
      if ((await files.stat(join(target, path)))?.kind === 'file') found.push(path)
    } else if (isPartitionFolder(name) && (await files.stat(join(target, path)))?.kind === 'folder') await walk(files, target, path, found)
  }
}

/** The published files of a dataset, relative to it, in folders of partitions too; sorted. What lies in other folders is not of this dataset. */
export async function listParts(files: FileLayer, target: string): Promise<string[]> {
  const found: string[] = []
  await walk(files, target, '', found)
  return found.sort()
}
