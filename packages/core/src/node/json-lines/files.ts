import { createHash } from 'node:crypto'
import { glob } from 'node:fs/promises'
import { basename, relative, sep } from 'node:path'
import { TicketsError } from '../../base/errors.ts'

/** A file of a source, and the partition that it is. */
export interface SourceFile {
  readonly path: string
  readonly topic: string
  readonly id: string
}

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** Returns a name with everything replaced that is not safe in other names. */
const safe = (name: string) => name.replace(/[^\w.-]/g, '_').replace(/^\./, '_')

/** Returns the same for a path, so that two paths never get one name. */
function safePath(path: string): string {
  const name = safe(path.replaceAll('/', '.'))
  return name === path ? name : `${name}.${short(path)}`
}

/** Returns whether a path is a pattern. */
export const isPattern = (path: string) => path.includes('*')

/** Returns the folder that a pattern begins with, without the parts that have a `*`. */
function baseOf(pattern: string): string {
  const parts = pattern.split(/[\\/]/)
  return parts.slice(0, parts.findIndex(isPattern)).join('/') || (/^[\\/]/.test(pattern) ? '/' : '.')
}

/** Checks what `jsonLines` is given. Throws `OPTION_INVALID`. */
export function checkPaths(paths: readonly string[]): void {
  if (paths.length === 0) throw new TicketsError('OPTION_INVALID', 'jsonLines needs at least one path')
  const wrong = paths.find((path) => typeof path !== 'string' || path === '')
  if (wrong !== undefined) throw new TicketsError('OPTION_INVALID', `a path is a file's name, got ${JSON.stringify(wrong)}`)
  const twice = paths.find((path, i) => paths.indexOf(path) < i)
  if (twice !== undefined) throw new TicketsError('OPTION_INVALID', `${twice} is given twice: give each file once`)
}

/** Names the files of a list: by their own names, or by their places under one topic. Of equal names the first stays as it is. */
function listed(paths: readonly string[], topic: string | undefined): SourceFile[] {
  if (topic !== undefined) return paths.map((path, i) => ({ path, topic: safe(topic), id: `${safe(topic)}-${i}` }))
  const taken = new Set<string>()
  return paths.map((path) => {
    const own = safe(basename(path))
    const name = taken.has(own) ? `${own}.${short(path)}` : own
    taken.add(name)
    return { path, topic: name, id: `${name}-0` }
  })
}

/** Names the files of a pattern by where they lie below its folder: files that come or go change no other's name. */
async function matching(pattern: string, topic: string | undefined): Promise<SourceFile[]> {
  const found: string[] = []
  for await (const entry of glob(pattern, { withFileTypes: true })) if (!entry.isDirectory()) found.push(`${entry.parentPath}${sep}${entry.name}`)
  const prefix = topic === undefined ? '' : `${safe(topic)}.`
  return found.sort().map((path) => {
    const below = relative(baseOf(pattern), path).split(sep).join('/')
    return { path, topic: topic === undefined ? safe(baseOf(pattern)) : safe(topic), id: `${prefix}${safePath(below)}-0` }
  })
}

/** Returns the files that there are now, each a partition. Throws `OPTION_INVALID` where two have one name. */
export async function filesOf(paths: readonly string[], topic: string | undefined): Promise<SourceFile[]> {
  const patterns = await Promise.all(paths.filter(isPattern).map((pattern) => matching(pattern, topic)))
  const plain = listed(
    paths.filter((path) => !isPattern(path)),
    topic,
  )
  const files = [...plain, ...patterns.flat()]
  const places = new Map<string, SourceFile>()
  for (const file of files) {
    const other = places.get(file.id)
    if (other && other.path !== file.path)
      throw new TicketsError('OPTION_INVALID', `${other.path} and ${file.path} would both be called ${file.id}: name them by one pattern`)
    places.set(file.id, file)
  }
  return [...places.values()]
}
