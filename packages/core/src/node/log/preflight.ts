import { join } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import { fileError } from '../files/file-errors.ts'
import { codeOf, type FileLayer } from '../files/file-layer.ts'

const noLinks = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/**
 * Does in the log's folder what commits will do: write, fsync, link, find the name taken, rename, fsync the folder (protocol 1.3).
 *
 * @throws `LOG_UNUSABLE` with what to do.
 */
export async function tryLog(files: FileLayer, folder: string): Promise<void> {
  const id = globalThis.crypto.randomUUID()
  const at = (step: string) => join(folder, `.trial-${id}-${step}.tmp`)
  let step = 'writing to'
  try {
    await files.writeFile(at('a'), [new TextEncoder().encode('trial\n')])
    step = 'linking in'
    await files.link(at('a'), at('b'))
    await mustRefuse(files, at('a'), at('b'), folder)
    step = 'renaming in'
    await files.rename(at('a'), at('c'))
    step = 'syncing'
    await files.syncFolder(folder)
  } catch (error) {
    if (step !== 'linking in' || !noLinks.includes(codeOf(error))) throw fileError(error, 'LOG_UNUSABLE', `${step} the log ${folder}`)
    throw new TicketsError(
      'LOG_UNUSABLE',
      `the file system of ${folder} cannot link files (${codeOf(error)}), which a commit needs: put the log on a local disk`,
      { cause: error },
    )
  } finally {
    for (const name of ['a', 'b', 'c']) await files.unlink(at(name)).catch(() => {})
  }
}

/** Some network and FUSE file systems replace a name that is taken: there, two workers would both believe that they committed. */
async function mustRefuse(files: FileLayer, from: string, to: string, folder: string): Promise<void> {
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
