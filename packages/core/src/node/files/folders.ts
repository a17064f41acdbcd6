import { dirname } from 'node:path'
import { codeOf, type FileLayer, unless } from './file-layer.ts'

/**
 * Makes a folder and those above it; returns the ones it made, the outermost first.
 *
 * @param base a folder above that must exist: it is never made, so that what somebody deleted stays deleted. ENOENT when it is gone.
 */
export async function makeFolders(files: FileLayer, path: string, base?: string): Promise<string[]> {
  try {
    return (await files.makeFolder(path)) ? [path] : []
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path || dirname(path) === base) throw error
    const above = await makeFolders(files, dirname(path), base)
    // Another process may have made it meanwhile: false is as good.
    return (await files.makeFolder(path)) ? [...above, path] : above
  }
}

/**
 * Makes a folder's own name durable, up to the root: a process that made some of the folders may have crashed before it synced them.
 * Above what was made here, a folder that may not be opened is left alone.
 */
export async function syncUpwards(files: FileLayer, path: string, made: readonly string[]): Promise<void> {
  await files.syncFolder(path)
  for (let child = path; dirname(child) !== child; child = dirname(child)) {
    const sync = files.syncFolder(dirname(child))
    await (made.includes(child) ? sync : unless(sync, ['EACCES', 'EPERM', 'EINVAL', 'EROFS', 'ENOTSUP'], undefined))
  }
}

/** Removes a folder with the files in it; nothing to do when another process did. One that another still writes into stays for the next time. */
export async function removeFolderWithFiles(files: FileLayer, path: string): Promise<void> {
  const names = await unless(files.readFolder(path), ['ENOENT'], null)
  if (!names) return
  for (const name of names) await unless(files.unlink(`${path}/${name}`), ['ENOENT'], undefined)
  await unless(files.removeFolder(path), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
}
