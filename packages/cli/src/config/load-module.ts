import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isTicketsError, messageOf, TicketsError } from '@tickets/core/command-line'

/** What a module exports. */
export interface Exports<T> {
  readonly default: T
  readonly [name: string]: unknown
}

/** Returns the default export of a module that a user has written; throws as `loadExports`. */
export const loadDefault = async <T>(path: string, flag: string, holds: string, isOne: (value: unknown) => value is T): Promise<T> =>
  (await loadExports(path, flag, holds, isOne)).default

/**
 * Returns what a module exports that a user has written.
 *
 * @param holds what its default must be, such as `feeds({ … })`
 * @throws `OPTION_INVALID` where it is not there, cannot be loaded, or exports something else
 */
export async function loadExports<T>(path: string, flag: string, holds: string, isOne: (value: unknown) => value is T): Promise<Exports<T>> {
  if (!existsSync(path))
    throw new TicketsError('OPTION_INVALID', `there is no file ${path}: write one that exports ${holds} as its default, or name it with ${flag}`)
  let found: { readonly default?: unknown }
  try {
    found = await import(pathToFileURL(resolve(path)).href)
  } catch (error) {
    if (isTicketsError(error)) throw error
    throw new TicketsError('OPTION_INVALID', `${path} cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
  if (isOne(found.default)) return found as Exports<T>
  throw new TicketsError('OPTION_INVALID', `${path} does not export ${holds} as its default`)
}
