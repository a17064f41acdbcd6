import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { codeOf, suggestion } from '@tickets/core/command-line'
import type { RawValue } from './raw-value.ts'
import type { Setting } from './settings.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Variables that Kubernetes sets for a service named like the prefix. */
const ofKubernetes = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?$/

/** Reads variables: of the environment, or of `.env`. Empty ones count as not set. With a prefix, unknown names of it are problems. */
export function readVariables(
  settings: readonly Setting[],
  variables: Variables,
  { place, rank, prefix, problems }: { place: string; rank: 1 | 2; prefix: string; problems: string[] },
): ReadonlyMap<Setting, RawValue> {
  const values = new Map<Setting, RawValue>()
  const known = new Set<string>()
  for (const setting of settings) {
    const { env, isSecret } = setting
    known.add(env)
    const text = variables[env]
    if (text) values.set(setting, { text, where: isSecret ? `${env} in ${place}` : `${env}=${text} in ${place}`, rank })
    if (!isSecret) continue
    known.add(`${env}_FILE`)
    const file = variables[`${env}_FILE`]
    if (!file) continue
    if (text) problems.push(`${env} and ${env}_FILE are both in ${place}: give one of them`)
    values.set(setting, { text: file, file, where: `${env}_FILE=${file} in ${place}`, rank })
  }
  if (prefix !== '') {
    for (const name of Object.keys(variables)) {
      if (!name.startsWith(prefix) || known.has(name) || (rank === 2 && ofKubernetes.test(name))) continue
      problems.push(`${name} in ${place} is not known. ${suggestion(name, [...known])}`)
    }
  }
  return values
}

/** Returns the variables of a `.env` file; none if there is no file. Adds to `problems` if it cannot be read. */
export function readEnvFile(path: string, problems: string[]): Variables {
  try {
    return parseEnv(readFileSync(path, 'utf8')) as Variables
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') problems.push(`${path} cannot be read (${codeOf(error) ?? 'unknown'}): fix it, or delete it`)
    return {}
  }
}

/** Returns the secret in a file, without the line end. Returns null and adds to `problems` if it cannot be read. */
export function readSecret({ file = '', where }: RawValue, problems: string[]): string | null {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    problems.push(`${where}: the file cannot be read (${codeOf(error) ?? 'unknown'}): give the path of a file that holds the secret`)
    return null
  }
}
