import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'
import { publicPackages, root } from './packages.ts'

/** The constant of the sources that names their version: datasets keep it. A test compares it with the manifest. */
const CONSTANT = 'packages/sinks/src/lake/dataset/versions.ts'

/** Turns the pending changesets into versions and changelogs, and writes the version wherever else it stands; returns it. */
export async function version(at = root): Promise<string> {
  await command(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], at)
  const [found = ''] = new Set(publicPackages(at).map(({ manifest }) => manifest.version))
  const path = join(at, CONSTANT)
  writeFileSync(path, readFileSync(path, 'utf8').replace(/'@tickets\/sinks@[^']+'/, `'@tickets/sinks@${found}'`))
  await command(join(root, 'node_modules/.bin/biome'), ['format', '--write', 'packages'], at)
  return found
}

if (import.meta.main) console.log(await version())
