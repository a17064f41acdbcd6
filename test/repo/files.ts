import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** What git tracks or would track, without generated files; paths from the root. */
export const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)))

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export const sources = tracked.filter((path) => /\.(ts|mts|js|mjs)$/.test(path))

export interface Import {
  /** The file that imports. */
  readonly file: string
  readonly from: string
  /** `import type`, which is gone when the code runs. */
  readonly isType: boolean
}

/** The imports of a text: static, re-exported and dynamic. */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = []
  const code = text.replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, '')
  for (const match of code.matchAll(/^(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)) {
    found.push({ file, from: match[3] ?? '', isType: match[2] !== undefined })
  }
  for (const match of code.matchAll(/\bimport\(\s*'([^']+)'/g)) found.push({ file, from: match[1] ?? '', isType: false })
  return found
}

/** Every import of the files whose path matches. */
export const importsIn = (pattern: RegExp): Import[] => sources.filter((path) => pattern.test(path)).flatMap((path) => importsOf(path, read(path)))
