import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** What the scripts read of the manifest of a package. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface Package {
  /** The folder below `packages`. */
  readonly folder: string
  readonly path: string
  readonly manifest: Manifest
}

/** Returns the packages that a release publishes, by name of their folder. */
export function publicPackages(at = root): Package[] {
  const folders = readdirSync(join(at, 'packages')).sort()
  const all = folders.map((folder) => {
    const path = join(at, 'packages', folder)
    return { folder, path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest }
  })
  return all.filter(({ manifest }) => !manifest.private)
}
