import { type FileLayer, unless } from '@tickets/core/node'

/** The versions of a dataset that lie in a folder, where it holds no files of its own. */
export async function versionsIn(files: FileLayer, dir: string): Promise<number[]> {
  const names = await unless(files.readFolder(dir), ['ENOENT', 'ENOTDIR'], [])
  if (names.some((name) => name.startsWith('part-'))) return []
  const versions = names.map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0))
  return versions.filter((version) => version > 0).sort((a, b) => a - b)
}
