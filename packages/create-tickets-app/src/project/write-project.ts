import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { interrupted, Refusal } from '../refusal.ts'

/** Refuses a folder that has files already; a fresh repository is empty enough. */
export async function refuseUsed(folder: string): Promise<void> {
  const there = (await entriesIn(folder)) ?? []
  const own = there.filter((name) => name !== '.git')
  if (own.length > 0)
    throw new Refusal(`${folder} is not empty (${own.slice(0, 3).join(', ')}${own.length > 3 ? ', …' : ''}): choose another folder, or empty it`)
}

/**
 * Writes the files of a project: all of them, or none. They are written beside the folder and moved there at the end.
 *
 * @param signal stops it; what was written goes away
 * @throws `Refusal` for a folder that is in use or cannot be written
 */
export async function writeProject(folder: string, files: Iterable<readonly [string, string]>, signal: AbortSignal): Promise<void> {
  await refuseUsed(folder)
  const isThere = (await entriesIn(folder)) !== undefined
  const ours: string[] = []
  try {
    const made = await mkdir(dirname(folder), { recursive: true })
    if (made !== undefined) ours.push(made)
    const staged = await mkdtemp(isThere ? join(folder, '.creating-') : join(dirname(folder), `.${basename(folder)}-`))
    ours.push(staged)
    const unlessStopped = () => {
      if (signal.aborted) throw interrupted('stopped: nothing was written')
    }
    for (const [path, text] of files) {
      unlessStopped()
      await mkdir(dirname(join(staged, path)), { recursive: true })
      await writeFile(join(staged, path), text)
    }
    unlessStopped()
    if (isThere) {
      for (const name of await readdir(staged)) {
        ours.push(join(folder, name))
        await rename(join(staged, name), join(folder, name))
      }
      await rm(staged, { recursive: true })
    } else {
      // Temporary folders are for their owner alone; a project has the rights of any new folder.
      await chmod(staged, 0o777 & ~process.umask())
      await rename(staged, folder)
    }
  } catch (error) {
    for (const path of ours) await rm(path, { recursive: true, force: true })
    if (error instanceof Refusal) throw error
    throw new Refusal(`${folder} cannot be written (${(error as Error).message}): choose another folder`, { cause: error })
  }
}

async function entriesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') throw new Refusal(`${folder} is a file: choose another folder`, { cause: error })
    throw new Refusal(`${folder} cannot be read (${(error as Error).message}): choose another folder`, { cause: error })
  }
}
