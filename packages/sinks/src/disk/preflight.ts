import { join } from 'node:path'
import { isTicketsError, TicketsError } from '@tickets/core'
import { adviceFor, isPassing, makeFolders, preflight, syncUpwards } from '@tickets/core/internal'
import { codeOf, type FileLayer, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

function unusable(error: unknown, target: string, cannotLink = false): TicketsError {
  if (isTicketsError(error)) return error
  const advice = cannotLink
    ? `its file system cannot link a file from .staging to the folder, which publishing needs: choose a folder on a local disk, with .staging in it (${codeOf(error)})`
    : adviceFor(error)
  return new TicketsError('TARGET_UNUSABLE', `cannot write to ${target}: ${advice}`, { cause: error, retryable: isPassing(error) })
}

/** How often work is repeated whose folders another process removed. */
const TRIES = 5

/** Repeats work whose folder vanished: another process that prepares at this moment removes the empty folders that it made. */
export async function retryVanished<R>(work: () => Promise<R>): Promise<R> {
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
 * Does on the target, with a file of its own, what staging and publishing will do: make folders, write, fsync, link, rename (docs/internals/protocol.md#1.3).
 * Returns the folders it made, the outermost first.
 *
 * @throws `TARGET_UNUSABLE` with what to do.
 */
export function checkTarget(files: FileLayer, target: string): Promise<readonly string[]> {
  return retryVanished(() => checkOnce(files, target))
}

async function checkOnce(files: FileLayer, target: string): Promise<readonly string[]> {
  const id = globalThis.crypto.randomUUID()
  const written = join(stagingOf(target), `trial-${id}.tmp`)
  const renamed = join(stagingOf(target), `trial-${id}-renamed.tmp`)
  const linked = join(target, `.trial-${id}.tmp`)
  const made = await makeFolders(files, stagingOf(target)).catch((error: unknown) => {
    throw unusable(error, target)
  })
  await preflight(
    files,
    { written, linked, renamed },
    { sync: () => syncUpwards(files, stagingOf(target), made), failed: (error, _step, cannotLink) => unusable(error, target, cannotLink) },
  )
  return made
}

/** Removes the folders that are still empty, the innermost first. */
export async function removeMade(files: FileLayer, made: readonly string[]): Promise<void> {
  for (const path of [...made].reverse()) await unless(files.removeFolder(path), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
}
