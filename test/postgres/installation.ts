import { existsSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { type DebianPackage, hasApt, librariesOf, rootOf, unpack } from '../servers/debian.ts'

const debian: DebianPackage = {
  name: 'postgresql',
  folder: 'postgres',
  instead: 'Set POSTGRES_URL, start a container engine, or install postgresql',
}

/** Where a PostgreSQL server is. */
export interface Installation {
  /** The folder of all its files, when it is one that may be copied. */
  readonly root: string | null
  /** The folder with `postgres`, `initdb` and `psql`; relative to `root`. */
  readonly bin: string
  /** For `LD_LIBRARY_PATH`; relative to `root`. */
  readonly libraries: string | null
}

const isServer = (bin: string) => ['postgres', 'initdb'].every((name) => existsSync(join(bin, name)))

/** The newest `bin` below a folder of Debian, which has one for each version. */
async function newestIn(lib: string): Promise<string | null> {
  const versions = (await readdir(lib).catch((): string[] => [])).map(Number).filter((version) => version > 0)
  const bins = versions.sort((a, b) => b - a).map((version) => join(lib, String(version), 'bin'))
  return bins.find(isServer) ?? null
}

/** A server that the machine has already. */
async function installed(): Promise<Installation | null> {
  const found = (await newestIn('/usr/lib/postgresql')) ?? (process.env.PATH ?? '').split(delimiter).find(isServer)
  return found === undefined ? null : { root: null, bin: dirname(await realpath(join(found, 'initdb'))), libraries: null }
}

async function unpacked(): Promise<Installation | null> {
  const root = rootOf(debian)
  const bin = await newestIn(join(root, 'usr/lib/postgresql'))
  return bin === null ? null : { root, bin, libraries: await librariesOf(root) }
}

/** Whether PostgreSQL can be run here: installed, fetched before, or to be fetched with apt. */
export async function hasPostgres(): Promise<boolean> {
  return (await installed()) !== null || (await unpacked()) !== null || (await hasApt())
}

/** A PostgreSQL server: the machine's own, else Debian's, unpacked into `.cache` the first time. */
export async function postgresServer(): Promise<Installation> {
  const found = (await installed()) ?? (await unpacked())
  if (found) return found
  await unpack(debian)
  const made = await unpacked()
  if (made) return made
  throw new Error(`Debian's postgresql, unpacked in ${rootOf(debian)}, has no usr/lib/postgresql: remove that folder and try again`)
}
