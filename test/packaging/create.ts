import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Registry } from './local.ts'
import { pack, packages, sh } from './project.ts'

/** Package managers: each is of its own major version, and runs under the Node of `startTools`. */
export const managers = ['npm', 'pnpm', 'yarn', 'yarn-1'] as const
export type ManagerName = (typeof managers)[number]
export const templates = ['file', 'kafka', 'dashboard'] as const
export type Template = (typeof templates)[number]
export const majors = ['22', '24', '26'] as const
export type Major = (typeof majors)[number]

const spec: Record<ManagerName, string> = { npm: 'npm@11', pnpm: 'pnpm@12', yarn: '@yarnpkg/cli-dist@4', 'yarn-1': 'yarn@1' }

/** Publishes all packages of the repository. */
export async function publishAll(local: Registry, home: string): Promise<void> {
  for (const name of [...packages, 'create-tickets-app'] as const) await local.publish(await pack(name, home))
}

/** Runs commands as a user does who has one Node, one package manager, and the local registry. */
export interface Shell {
  readonly manager: ManagerName
  /** The program of the package manager. */
  readonly command: string
  /** What it changes in the environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  run(command: string, args: readonly string[], cwd: string, env?: Record<string, string>): Promise<string>
}

/** Installs a Node and a package manager into a folder of their own, with nothing of the environment of this process. */
export async function makeShell(home: string, manager: ManagerName, major: Major, registry: string): Promise<Shell> {
  const tools = join(home, `tools-${manager}-${major}`)
  await mkdir(tools, { recursive: true })
  await writeFile(join(tools, 'package.json'), '{ "private": true }\n')
  await sh('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `node@${major}`, spec[manager]], tools)
  await writeFile(join(tools, '.npmrc'), `registry=${registry}\n`)
  const none = Object.fromEntries(
    Object.keys(process.env)
      .filter((key) => /^(npm|pnpm|node_options|vitest|ci$|init_cwd)/i.test(key))
      .map((key) => [key, undefined]),
  )
  const set = {
    ...none,
    PATH: [join(tools, 'node_modules/node/bin'), join(tools, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    npm_config_registry: registry,
    npm_config_userconfig: join(tools, '.npmrc'),
    // The packages were published a moment ago.
    pnpm_config_minimum_release_age: '0',
    pnpm_config_registry: registry,
    YARN_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    YARN_ENABLE_TELEMETRY: '0',
    // What it remembers of packages names the address of this registry, which the next one does not have.
    YARN_GLOBAL_FOLDER: join(home, 'yarn'),
  }
  const command = manager === 'yarn-1' ? 'yarn' : manager
  return { manager, command, env: set, run: (program, args, cwd, env = {}) => sh(program, args, cwd, { ...set, ...env }) }
}

/** Creates a project by the command that users of a package manager type; it installs and runs it. */
export function create({ manager, command, run }: Shell, folder: string, flags: readonly string[], cwd: string): Promise<string> {
  const words: Record<ManagerName, string[]> = {
    npm: ['create', 'tickets-app@latest', folder, '--'],
    pnpm: ['create', 'tickets-app@latest', folder],
    yarn: ['dlx', 'create-tickets-app@latest', folder],
    'yarn-1': ['create', 'tickets-app', folder],
  }
  return run(command, [...words[manager], '--yes', ...flags], cwd)
}

/** Counts the rows of Parquet files by DuckDB. */
export async function rowsIn(glob: string): Promise<number> {
  const db = await (await DuckDBInstance.create()).connect()
  const [[found]] = (await (await db.runAndReadAll(`SELECT count(*) FROM read_parquet('${glob}')`)).getRowsJS()) as [[bigint]]
  db.closeSync()
  return Number(found)
}
