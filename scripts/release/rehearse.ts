import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRegistry } from '../../test/packaging/local.ts'
import { command } from './command.ts'
import { copyTree } from './copy.ts'
import { checkLicences } from './licences.ts'
import { packAll, sameTarballs } from './pack.ts'
import { type Manifest, root } from './packages.ts'
import { pendingChangesets } from './ready.ts'
import { writeSboms } from './sbom.ts'
import { version } from './version.ts'

/** A program that needs a commit log, a thread and a file: it ends with rows only if the packages fit each other. */
const SMOKE = `import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
const flows = (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets'))) })
const { rows } = await pipeline({ name: 'smoke', source: generator({ tickets: 1000 }), log: commitLog('data/log'), flows }).run()
console.log(rows)
`

/** Installs the packages as a user does, from the registry alone, and runs a pipeline and the command. */
async function smoke(folder: string, url: string, made: string): Promise<string> {
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await writeFile(join(folder, '.npmrc'), `@tickets:registry=${url}\n`)
  await writeFile(join(folder, 'smoke.mjs'), SMOKE)
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
    '@tickets/core',
    '@tickets/sinks',
    '@tickets/cli',
    'rxjs',
    'zod',
  ]
  await command('npm', install, folder)
  const rows = (await command(process.execPath, ['smoke.mjs'], folder)).trim()
  if (rows !== '1000') throw new Error(`the smoke test wrote ${rows} rows, and not 1000`)
  const cli = join(folder, 'node_modules/@tickets/cli')
  const installed = JSON.parse(await readFile(join(cli, 'package.json'), 'utf8')) as Manifest
  if (installed.version !== made) throw new Error(`version ${installed.version} was installed, and not ${made}`)
  const said = await command(process.execPath, [join(cli, 'dist/bin.js'), '--help'], folder)
  if (!said.includes('doctor')) throw new Error(`tickets --help says:\n${said}`)
  return `installed ${made} from the local registry, 1,000 rows written`
}

/** Goes through a release up to where packages would leave this machine; calls `say` after each step, and fails at the first that does not hold. */
export async function rehearse(say: (step: string) => void): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'tickets-release-'))
  const registry = await startRegistry()
  try {
    const pending = pendingChangesets(root).length
    const trees = [join(home, 'one'), join(home, 'a/folder/of/another/depth')]
    const versions = await Promise.all(
      trees.map(async (folder) => {
        await mkdir(folder, { recursive: true })
        copyTree(folder)
        // So that there is something to release right after a release, too.
        if (pending === 0) await writeFile(join(folder, '.changeset/rehearsal.md'), "---\n'@tickets/core': patch\n---\n\nRehearses a release.\n")
        return version(folder)
      }),
    )
    const [one = '', other = ''] = trees
    const [made = ''] = versions
    say(`version: ${made} for all packages, from ${pending} changesets`)
    const tarballs = await packAll(join(home, 'tarballs'), one)
    say(`pack: ${sameTarballs(tarballs, await packAll(join(home, 'again'), other))}`)
    say(`licences: ${await checkLicences()}`)
    say(`bills of materials: ${(await writeSboms(join(home, 'sbom'))).length} files`)
    for (const { path } of tarballs) await registry.publish(path)
    say(`publish: ${tarballs.map(({ name }) => name).join(', ')}`)
    say(`smoke: ${await smoke(join(home, 'user'), registry.url, made)}`)
  } finally {
    await registry.stop()
    await rm(home, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const start = performance.now()
  await rehearse(console.log)
  console.log(`rehearsed in ${((performance.now() - start) / 1000).toFixed(0)} s`)
}
