import { execFile } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { folder } from '../helpers.ts'

const sinks = resolve(import.meta.dirname, '../..')
const packages = resolve(sinks, '..')
const run = promisify(execFile)

interface Esbuild {
  build(options: object): Promise<unknown>
}

/** The esbuild of tsup. */
const esbuild = createRequire(createRequire(resolve(packages, '../package.json')).resolve('tsup'))('esbuild') as Esbuild

/**
 * Bundles sources into one file each, in a folder that has parquet-wasm and nothing else of ours. `wasm`: `beside` the bundle, `in` the bundle as
 * bundlers do by default, or `nowhere`.
 */
export async function bundle(
  entries: Readonly<Record<string, string>>,
  format: 'esm' | 'cjs' = 'esm',
  wasm: 'beside' | 'in' | 'nowhere' = 'beside',
): Promise<string> {
  const out = await folder()
  await mkdir(join(out, 'node_modules'))
  if (wasm === 'beside') await symlink(join(sinks, 'node_modules/parquet-wasm'), join(out, 'node_modules/parquet-wasm'))
  await esbuild.build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, resolve(sinks, path)])),
    outdir: out,
    outExtension: { '.js': format === 'esm' ? '.mjs' : '.cjs' },
    bundle: true,
    format,
    logOverride: { 'empty-import-meta': 'silent' },
    platform: 'node',
    external: wasm === 'in' ? [] : ['parquet-wasm'],
    alias: { '@tickets/core': join(packages, 'core/src'), '@tickets/sinks': join(sinks, 'src') },
    logLevel: 'error',
  })
  return out
}

/** Runs Node and reads the JSON that it prints. */
export async function node(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [...args], { cwd, timeout: 120_000, env: { ...process.env, NODE_OPTIONS: '', ...env } })
  return JSON.parse(stdout)
}
