import { join } from 'node:path'
import { isTicketsError, TicketsError } from '@tickets/core'
import { adviceFor, codeOf, type FileLayer, isPassing, makeFolders, syncUpwards, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

const noLinks = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

function unusable(error: unknown, target: string, step: string): TicketsError {
  if (isTicketsError(error)) return error
  const advice =
    step === 'link' && noLinks.includes(codeOf(error))
      ? `its file system cannot link a file from .staging to the folder, which publishing needs: choose a folder on a local disk, with .staging in it (${codeOf(error)})`
      : adviceFor(error)
  return new TicketsError('TARGET_UNUSABLE', `cannot write to ${target}: ${advice}`, { cause: error, retryable: isPassing(error) })
}

/** How often work is begun again whose folders another process took away. */
const TRIES = 5

/** Does it again where a folder vanished: another process that prepares at this moment takes away the empty ones that it made. */
export async function despiteOthers<R>(work: () => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const code = codeOf(isTicketsError(error) ? error.cause : error)
      if (code !== 'ENOENT' || tries === TRIES) throw error
    }
  }
}

/**
 * Does on the target, with a file of its own, what staging and publishing will do: make folders, write, fsync, link, rename (protocol 1.3).
 * Returns the folders it made, the outermost first.
 *
 * @throws `TARGET_UNUSABLE` with what to do.
 */
export function tryTarget(files: FileLayer, target: string): Promise<readonly string[]> {
  return despiteOthers(() => tryOnce(files, target))
}

async function tryOnce(files: FileLayer, target: string): Promise<readonly string[]> {
  const id = globalThis.crypto.randomUUID()
  const staged = join(stagingOf(target), `trial-${id}.tmp`)
  const renamed = join(stagingOf(target), `trial-${id}-renamed.tmp`)
  const published = join(target, `.trial-${id}.tmp`)
  let step = 'folder'
  try {
    const made = await makeFolders(files, stagingOf(target))
    step = 'write'
    await files.writeFile(staged, [new TextEncoder().encode('trial\n')])
    step = 'link'
    await files.link(staged, published)
    step = 'rename'
    await files.rename(staged, renamed)
    step = 'sync'
    await syncUpwards(files, stagingOf(target), made)
    return made
  } catch (error) {
    throw unusable(error, target, step)
  } finally {
    for (const path of [published, staged, renamed]) await files.unlink(path).catch(() => {})
  }
}

/** Takes empty folders away again, the innermost first. */
export async function removeMade(files: FileLayer, made: readonly string[]): Promise<void> {
  for (const path of [...made].reverse()) await unless(files.removeFolder(path), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
}
