import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type DebianPackage, hasApt, librariesOf, rootOf, unpack } from '../servers/debian.ts'

const debian: DebianPackage = {
  name: 'mariadb-server-core',
  folder: 'mariadb',
  instead: 'Set MYSQL_URL, start a container engine, or install mariadb-server-core',
}

/** Where a MariaDB server is. */
export interface Installation {
  readonly server: string
  /** The folder with the system tables as SQL, messages and character sets. */
  readonly share: string
  /** For `LD_LIBRARY_PATH`. */
  readonly libraries: string | null
}

/** A server that the machine has already. */
function installed(): Installation | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const server = folders.map((folder) => join(folder, 'mariadbd')).find((path) => existsSync(path))
  const share = ['/usr/share/mysql', '/usr/share/mariadb'].find((path) => existsSync(join(path, 'mysql_system_tables.sql')))
  return server && share ? { server, share, libraries: null } : null
}

async function unpacked(): Promise<Installation | null> {
  const root = rootOf(debian)
  const share = join(root, 'usr/share/mysql')
  if (!existsSync(share)) return null
  return { server: join(root, 'usr/sbin/mariadbd'), share, libraries: await librariesOf(root) }
}

/** Whether MariaDB can be run here: installed, fetched before, or to be fetched with apt. */
export async function hasMariadb(): Promise<boolean> {
  return installed() !== null || (await unpacked()) !== null || (await hasApt())
}

/** A MariaDB server: the machine's own, else Debian's, unpacked into `.cache` the first time. */
export async function mariadbServer(): Promise<Installation> {
  const found = installed() ?? (await unpacked())
  if (found) return found
  await unpack(debian)
  const made = await unpacked()
  if (made) return made
  throw new Error(`Debian's mariadb-server-core, unpacked in ${rootOf(debian)}, has no usr/share/mysql: remove that folder and try again`)
}
