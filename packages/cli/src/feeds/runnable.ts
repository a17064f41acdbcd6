import type { Pipeline } from '@tickets/core'
import { TicketsError } from '@tickets/core/command-line'
import { loadExports } from '../config/load-module.ts'
import type { Feeds } from './feeds.ts'

type Exported = Pipeline | Feeds | (() => Pipeline | Feeds | Promise<Pipeline | Feeds>)

/** What a module exports to be run, for the help of the commands that load one. */
export const RUNNABLE_MODULE = 'a module whose default export is pipeline({ … }), feeds({ … }) or a function that returns one'

/** What a module exports, ready to run. */
export interface RunnableModule {
  readonly runnable: Pipeline | Feeds
  /** Its default and its named exports. */
  readonly exported: readonly unknown[]
}

/** Returns the pipeline, or the feeds, of a module; throws as `loadRunnableModule`. */
export const loadRunnable = async (file: string): Promise<Pipeline | Feeds> => (await loadRunnableModule(file)).runnable

/**
 * Returns the pipeline, or the feeds, that a module exports as its default or that a function there returns, with its other exports. Starts nothing.
 *
 * @throws `OPTION_INVALID` where it is not there, cannot be loaded, or exports something else
 */
export async function loadRunnableModule(file: string): Promise<RunnableModule> {
  const exports = await loadExports<Exported>(file, 'its path', 'pipeline({ … }) or feeds({ … })', isExported)
  const found = exports.default
  const runnable = typeof found === 'function' ? await found() : found
  if (canRun(runnable)) return { runnable, exported: Object.values(exports) }
  throw new TicketsError('OPTION_INVALID', `the function that ${file} exports returns neither pipeline({ … }) nor feeds({ … }): let it return one`)
}

const canRun = (value: unknown): value is Pipeline | Feeds => typeof (value as { readonly run?: unknown } | null | undefined)?.run === 'function'
const isExported = (value: unknown): value is Exported => typeof value === 'function' || canRun(value)
