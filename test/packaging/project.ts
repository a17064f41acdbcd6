import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../repo/files.ts'

const run = promisify(execFile)

/** Runs a command to its end; rejects with all it said when it fails. */
export async function sh(command: string, args: readonly string[], cwd: string, env: Record<string, string | undefined> = {}): Promise<string> {
  try {
    const { stdout } = await run(command, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 1 << 26, timeout: 900_000 })
    return stdout
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')}: ${message.split('\n')[0]}\n${stdout ?? ''}\n${stderr ?? ''}`)
  }
}

export const packages = ['core', 'sinks', 'kafka-source', 's3', 'monitor', 'cli'] as const
export type Package = (typeof packages)[number]

/** What the packages offer to import. */
export const entries = [
  '@tickets/core',
  '@tickets/core/arrow',
  '@tickets/core/node',
  '@tickets/core/testing',
  '@tickets/sinks',
  '@tickets/sinks/mysql',
  '@tickets/sinks/postgres',
  '@tickets/kafka-source',
  '@tickets/kafka-source/ksql',
  '@tickets/kafka-source/registry',
  '@tickets/s3',
  '@tickets/monitor',
  '@tickets/monitor/opentelemetry',
  '@tickets/cli',
  '@tickets/cli/config',
]

export interface Project {
  readonly folder: string
  readonly tarballs: Readonly<Record<Package, string>>
  /** Node of the repository, and the oldest one that is promised. */
  readonly nodes: Readonly<Record<'current' | '22.12', string>>
}

export async function pack(name: Package | 'create-tickets-app', to: string): Promise<string> {
  const into = join(to, name)
  await mkdir(into)
  await sh('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', into], join(root, 'packages', name))
  const [file] = await readdir(into)
  if (file === undefined) throw new Error(`${name} was not packed`)
  return join(into, file)
}

/** An empty project with the packed packages and their peers installed by npm, and the oldest Node beside it. */
export async function makeProject(): Promise<Project> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'tickets-packed-')))
  const packed = await Promise.all(packages.map(async (name) => [name, await pack(name, home)] as const))
  const tarballs = Object.fromEntries(packed) as Record<Package, string>
  const folder = join(home, 'project')
  const old = join(home, 'node22')
  for (const path of [folder, old]) {
    await mkdir(path)
    await writeFile(join(path, 'package.json'), '{ "private": true, "type": "module" }\n')
  }
  const npm = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  await sh(
    'npm',
    [...npm, ...Object.values(tarballs), 'rxjs@7', 'zod@4', '@types/node@24', 'avsc@5.7.9', 'protobufjs@8', '@opentelemetry/api@1', 'pino@10'],
    folder,
  )
  await sh('npm', [...npm, 'node@22.12'], old)
  return { folder, tarballs, nodes: { current: process.execPath, '22.12': join(old, 'node_modules/node/bin/node') } }
}

/** The manifest inside of an installed package. */
export const manifest = async (project: Project, name: string) =>
  JSON.parse(await readFile(join(project.folder, 'node_modules', name, 'package.json'), 'utf8')) as Record<string, Record<string, string>>
