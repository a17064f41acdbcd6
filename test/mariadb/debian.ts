import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../.cache/mariadb', import.meta.url))
const debian = join(cache, 'debian')

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

const unpacked = async (): Promise<Installation | null> => {
  const share = join(debian, 'usr/share/mysql')
  if (!existsSync(share)) return null
  const folder = (await readdir(join(debian, 'usr/lib'))).find((name) => name.includes('linux-gnu'))
  return { server: join(debian, 'usr/sbin/mariadbd'), share, libraries: folder ? join(debian, 'usr/lib', folder) : null }
}

/** Whether Debian's packages can be fetched and unpacked here. */
const hasApt = (): Promise<boolean> =>
  Promise.all([run('apt-get', ['--version']), run('dpkg', ['--version'])]).then(
    () => true,
    () => false,
  )

/** Whether MariaDB can be run here: installed, fetched before, or to be fetched with apt. */
export async function hasMariadb(): Promise<boolean> {
  return installed() !== null || (await unpacked()) !== null || (await hasApt())
}

/**
 * A MariaDB server: the machine's own, else `mariadb-server-core` with what it needs, from Debian, unpacked into `.cache` the first time. Nothing is
 * installed, so no root is needed and no service starts. Two processes may do so at once: the first rename wins.
 */
export async function mariadbServer(): Promise<Installation> {
  const found = installed() ?? (await unpacked())
  if (found) return found
  await mkdir(cache, { recursive: true })
  const mine = await mkdtemp(join(cache, `.${randomUUID()}-`))
  try {
    const archives = join(mine, 'archives')
    await mkdir(join(archives, 'partial'), { recursive: true })
    await download(archives, mine)
    const root = join(mine, 'root')
    for (const name of await readdir(archives)) if (name.endsWith('.deb')) await run('dpkg', ['-x', join(archives, name), root])
    await rename(root, debian).catch((error: unknown) => {
      if (!existsSync(debian)) throw error
    })
  } finally {
    await rm(mine, { recursive: true, force: true })
  }
  const made = await unpacked()
  if (made) return made
  throw new Error(`Debian's mariadb-server-core, unpacked in ${debian}, has no usr/share/mysql: remove that folder and try again`)
}

/** Fetches the package and those that it needs and this machine has not; with package lists of our own where the machine's are missing or old. */
async function download(archives: string, home: string): Promise<void> {
  const options = ['-y', '-q', '-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${archives}`, '-o', 'APT::Sandbox::User=root']
  const install = ['--no-install-recommends', '--download-only', 'install', 'mariadb-server-core']
  const limit = { timeout: 240_000, maxBuffer: 1 << 26 }
  try {
    await run('apt-get', [...options, ...install], limit)
  } catch {
    const lists = join(home, 'lists')
    await mkdir(join(lists, 'partial'), { recursive: true })
    const own = [...options, '-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${home}`, '-o', `Dir::Cache::archives=${archives}`]
    try {
      await run('apt-get', [...own, 'update'], limit)
      await run('apt-get', [...own, ...install], limit)
    } catch (error) {
      const said = (error as { stderr?: string }).stderr ?? String(error)
      throw new Error(`MariaDB could not be fetched from Debian. Set MYSQL_URL, start a container engine, or install mariadb-server-core:\n${said}`)
    }
  }
}
