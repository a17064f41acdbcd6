import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Inputs, environments of Python and what else is made once: git-ignored. */
export const CACHE = `${ROOT}/.cache/bench`
