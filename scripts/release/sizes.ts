import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publicPackages, root } from './packages.ts'

/** What an import costs, in bytes: minified, and compressed as a server sends it. */
export interface Size {
  readonly min: number
  readonly gzip: number
  /** The largest `gzip` that is accepted: raised by hand, in a change that says why. */
  readonly budget: number
}

export type Sizes = Readonly<Record<string, Size>>

export const RECORD = join(root, 'scripts/release/sizes.json')

/** What applications import of core: how much an import brings along says how well the package can be shaken. */
const imports = {
  'one schema': "export { defineSchema } from '@tickets/core'",
  'one window and one aggregate': "export { count, tumbling, windowed } from '@tickets/core'",
  'a pipeline': "export { generator, into, pipeline } from '@tickets/core'",
}

/** Bundles a text as an application would. Dependencies, peers and sibling packages are left out: each is measured where it is made. */
async function measure(contents: string, folder: string, external: readonly string[]): Promise<Omit<Size, 'budget'>> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    write: false,
    external: external.flatMap((name) => [name, `${name}/*`]),
    logLevel: 'error',
  })
  const bytes = outputFiles[0]?.contents ?? new Uint8Array()
  return { min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length }
}

/** Measures each entry of each built package, and what applications import of core. */
export async function measureAll(): Promise<Record<string, Omit<Size, 'budget'>>> {
  const found: Record<string, Omit<Size, 'budget'>> = {}
  for (const { path, manifest } of publicPackages()) {
    const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      if (typeof target === 'string') continue
      found[`${manifest.name}${entry.slice(1)}`] = await measure(`export * from '${target.default}'`, path, external)
    }
    if (manifest.name !== '@tickets/core') continue
    for (const [title, text] of Object.entries(imports))
      found[`@tickets/core: ${title}`] = await measure(text.replace('@tickets/core', './dist/index.js'), path, external)
  }
  return found
}

export const recorded = (): Sizes => JSON.parse(readFileSync(RECORD, 'utf8')) as Sizes

/** A new entry gets a twentieth of room. */
const budgetFor = (gzip: number): number => Math.ceil((gzip * 1.05) / 500) * 500

if (import.meta.main) {
  const before = recorded()
  const now = Object.entries(await measureAll()).map(
    ([name, size]) => [name, { ...size, budget: before[name]?.budget ?? budgetFor(size.gzip) }] as const,
  )
  writeFileSync(RECORD, `${JSON.stringify(Object.fromEntries(now), null, 2)}\n`)
  for (const [name, { gzip, budget }] of now) console.log(`${String(gzip).padStart(7)} of ${String(budget).padStart(7)} bytes  ${name}`)
  if (now.some(([, { gzip, budget }]) => gzip > budget)) process.exitCode = 1
}
