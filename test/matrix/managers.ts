import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sh } from '../packaging/project.ts'
import type { Cell } from './cell.ts'
import { emptyConsumer, npmConsumer, type Place, runApp } from './consumer.ts'

const wanted = ['@tickets/core', '@tickets/sinks', 'rxjs@7', 'zod@4']

async function npm(place: Place): Promise<string> {
  const { folder } = await npmConsumer(place, 'npm', ['app.mjs'], wanted)
  return runApp(folder, (env) => sh(process.execPath, ['app.mjs'], folder, env))
}

/** What pnpm links is only what a package declares, so that an undeclared import fails. */
async function pnpm(place: Place): Promise<string> {
  const folder = await emptyConsumer(place, 'pnpm', ['app.mjs'])
  await writeFile(join(folder, 'pnpm-workspace.yaml'), 'hoist: false\nstrictPeerDependencies: true\nautoInstallPeers: false\n')
  await sh('npx', ['-y', 'pnpm@12', 'add', '--prefer-offline', ...wanted], folder, { CI: 'true' })
  return runApp(folder, (env) => sh(process.execPath, ['app.mjs'], folder, env))
}

/** Installs by Yarn, with `node_modules` or with Plug'n'Play, and runs the application. */
async function yarn(place: Place, nodeLinker: 'node-modules' | 'pnp'): Promise<string> {
  const tool = await npmConsumer(place, `yarn-itself-${nodeLinker}`, [], ['@yarnpkg/cli-dist@4'])
  const cli = join(tool.folder, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js')
  const folder = await emptyConsumer(place, `yarn-${nodeLinker}`, ['app.mjs'])
  await rm(join(folder, '.npmrc'))
  const upstream = (await sh('npm', ['config', 'get', 'registry'], folder)).trim()
  const settings = {
    nodeLinker,
    enableTelemetry: false,
    enableImmutableInstalls: false,
    npmRegistryServer: upstream,
    npmScopes: { tickets: { npmRegistryServer: place.url } },
    unsafeHttpWhitelist: ['*'],
    // Ours is a minute old.
    npmPreapprovedPackages: ['@tickets/*'],
  }
  // JSON is YAML.
  await writeFile(join(folder, '.yarnrc.yml'), JSON.stringify(settings))
  await writeFile(join(folder, 'yarn.lock'), '')
  await sh(process.execPath, [cli, 'add', ...wanted], folder)
  return runApp(folder, (env) => sh(process.execPath, [cli, 'node', 'app.mjs'], folder, env))
}

/**
 * Plug'n'Play replaces Node's file functions by its own, which cannot bring a file to the disk. A pipeline without that would lose rows in a power cut, so
 * it has to be refused before it reads any.
 */
async function refusedByPlugAndPlay(place: Place): Promise<string> {
  const said = await yarn(place, 'pnp').catch((error: Error) => error.message)
  if (!/_UNUSABLE/.test(said) || !said.includes('Method not implemented')) throw new Error(`it was not refused: ${said}`)
  return 'refused at the start: its file functions have no sync'
}

/** Returns the cells of package managers: each installs the packages and runs the application. */
export function managerCells(place: Place): Cell[] {
  const all = { npm, 'pnpm, strict': pnpm, 'Yarn, node_modules': (at: Place) => yarn(at, 'node-modules'), "Yarn, Plug'n'Play": refusedByPlugAndPlay }
  return Object.entries(all).map(([name, run]) => ({ part: 'package manager', name, run: () => run(place) }))
}
