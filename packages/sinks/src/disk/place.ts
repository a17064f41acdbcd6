import { basename, dirname, join } from 'node:path'
import { type FileLayer, unless } from '@tickets/core/node'

/** Whether names that differ in case are one name in a folder; false where nothing can be written to find out. */
async function isCaseless(files: FileLayer, folder: string): Promise<boolean> {
  const name = `.trial-${globalThis.crypto.randomUUID()}-case.tmp`
  try {
    await files.writeFile(join(folder, name), [])
    return (await files.stat(join(folder, name.toUpperCase()))) !== null
  } catch {
    return false
  } finally {
    await files.unlink(join(folder, name)).catch(() => {})
  }
}

/**
 * Returns the identity of a folder, whatever its name: its device and inode, so that a symbolic link, a second mount or other upper and lower case
 * give the same text. If it does not exist yet, returns the identity of the nearest folder above, and the rest of the path as the disk compares
 * names.
 */
export async function placeOf(files: FileLayer, target: string): Promise<string> {
  const rest: string[] = []
  for (let at = target; ; at = dirname(at)) {
    const found = await unless(files.stat(at), ['ENOTDIR'], null)
    if (found || dirname(at) === at) {
      if (rest.length === 0) return `file:${found?.identity}`
      const path = rest.join('/')
      return `file:${found?.identity}/${(await isCaseless(files, at)) ? path.normalize('NFC').toLowerCase() : path}`
    }
    rest.unshift(basename(at))
  }
}
