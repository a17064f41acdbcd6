import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pnpm } from './command.ts'
import { publicPackages, root } from './packages.ts'

export interface Tarball {
  readonly name: string
  readonly path: string
  /** As npm writes it into lockfiles. */
  readonly integrity: string
}

/**
 * Packs what is built, in the order in which packages build on each other, so that none is published before what it needs. `only` names folders of
 * `packages`.
 */
export async function packAll(to: string, at = root, only?: readonly string[]): Promise<Tarball[]> {
  await mkdir(to, { recursive: true })
  const last = ['@tickets/cli', 'create-tickets-app']
  const place = (name: string) => (name === '@tickets/core' ? 0 : last.includes(name) ? 2 : 1)
  const wanted = publicPackages(at).filter(({ folder }) => only?.includes(folder) ?? true)
  const packages = wanted.sort((a, b) => place(a.manifest.name) - place(b.manifest.name))
  const packed: Tarball[] = []
  for (const { path, manifest } of packages) {
    const into = await mkdtemp(join(to, '.pack-'))
    await pnpm(['pack', '--pack-destination', into], path)
    const [file = ''] = await readdir(into)
    const tarball = join(to, basename(file))
    await rename(join(into, file), tarball)
    await rm(into, { recursive: true })
    const digest = createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64')
    packed.push({ name: manifest.name, path: tarball, integrity: `sha512-${digest}` })
  }
  return packed
}

/** Fails where two packs of the same source differ in a byte. */
export function sameTarballs(one: readonly Tarball[], other: readonly Tarball[]): string {
  const digests = new Map(other.map(({ name, integrity }) => [name, integrity]))
  const differ = one.filter(({ name, integrity }) => digests.get(name) !== integrity).map(({ name }) => name)
  if (differ.length > 0 || one.length !== other.length) throw new Error(`two packs of the same source differ: ${differ.join(', ')}`)
  return `${one.length} tarballs have the same SHA-512 from two folders`
}

if (import.meta.main)
  for (const { path, integrity } of await packAll(resolve(process.argv[2] ?? '.cache/release'))) console.log(`${integrity}  ${basename(path)}`)
