import { basename, resolve } from 'node:path'
import { Refusal } from '../refusal.ts'

/** npm's limit. */
const MAX_LENGTH = 214
const reserved = ['node_modules', 'favicon.ico']

/** Makes the nearest valid name of a package; '' where nothing is left of it. */
const suggested = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|-+$/g, '')
    .slice(0, MAX_LENGTH)

/** Returns what is wrong with a name for a package and a folder, with what to do, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (/^[a-z0-9][a-z0-9._-]*$/.test(name) && name.length <= MAX_LENGTH && !reserved.includes(name)) return undefined
  const better = suggested(name)
  const advice = better !== '' && better !== name && !reserved.includes(better) ? `, such as "${better}"` : ', such as "demo"'
  return `"${name}" cannot be the name of a package: use lower-case letters, digits, ".", "_" and "-"${advice}`
}

/** A folder, and the name that its package gets. */
export interface Target {
  readonly folder: string
  readonly name: string
}

/** Resolves the folder of a project, and takes the name of its package from its last part. Throws a `Refusal` for an invalid name. */
export function targetOf(given: string, cwd: string): Target {
  const folder = resolve(cwd, given)
  const name = basename(folder)
  const problem = nameProblem(name)
  if (problem !== undefined) throw new Refusal(problem)
  return { folder, name }
}
