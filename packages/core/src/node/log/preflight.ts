import { join } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import { fileError } from '../files/file-errors.ts'
import { codeOf, type FileLayer } from '../files/file-layer.ts'
import { preflight } from '../files/preflight.ts'

const doing = { write: 'writing to', link: 'linking in', rename: 'renaming in', sync: 'syncing' } as const

/**
 * Does in the log's folder what commits will do: write, fsync, link, find the name taken, rename, fsync the folder (docs/internals/protocol.md#1.3).
 *
 * @throws `LOG_UNUSABLE` with what to do.
 */
export async function checkLogFolder(files: FileLayer, folder: string): Promise<void> {
  const id = globalThis.crypto.randomUUID()
  const at = (step: string) => join(folder, `.trial-${id}-${step}.tmp`)
  await preflight(
    files,
    { written: at('a'), linked: at('b'), renamed: at('c') },
    {
      afterLink: () => checkLinkRefuses(files, at('a'), at('b'), folder),
      sync: () => files.syncFolder(folder),
      failed: (error, step, cannotLink) => {
        if (!cannotLink) return fileError(error, 'LOG_UNUSABLE', `${doing[step]} the log ${folder}`)
        const message = `the file system of ${folder} cannot link files (${codeOf(error)}), which a commit needs: put the log on a local disk`
        return new TicketsError('LOG_UNUSABLE', message, { cause: error })
      },
    },
  )
}

/** Some network and FUSE file systems replace a name that is taken: there, two workers would both believe that they committed. */
async function checkLinkRefuses(files: FileLayer, from: string, to: string, folder: string): Promise<void> {
  try {
    await files.link(from, to)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    throw error
  }
  throw new TicketsError(
    'LOG_UNUSABLE',
    `the file system of ${folder} links over a name that is taken, so records would not be safe: put the log on a local disk`,
  )
}
