import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pnpm } from './command.ts'
import { publicPackages, root } from './packages.ts'

/** Writes a bill of materials for each package in both formats, of what it installs in production; returns their paths. */
export async function writeSboms(to: string, at = root): Promise<string[]> {
  await mkdir(to, { recursive: true })
  for (const [format, ending] of [
    ['cyclonedx', 'cdx'],
    ['spdx', 'spdx'],
  ] as const)
    await pnpm(['--filter', './packages/*', 'sbom', '--prod', '--split', '--sbom-format', format, '--out', join(to, `%s.${ending}.json`)], at)
  const written = (await readdir(to)).filter((name) => /\.(cdx|spdx)\.json$/.test(name)).sort()
  const wanted = publicPackages(at).length * 2
  if (written.length !== wanted) throw new Error(`${written.length} bills of materials were written, and not ${wanted}: ${written.join(', ')}`)
  return written.map((name) => join(to, name))
}

if (import.meta.main) for (const path of await writeSboms(resolve(process.argv[2] ?? '.cache/release'))) console.log(path)
