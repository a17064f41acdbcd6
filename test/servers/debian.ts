import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../.cache', import.meta.url))

/** A package of Debian that is unpacked, and never installed: no root is needed and no service starts. */
export interface DebianPackage {
  readonly name: string
  /** The folder of `.cache` for it. */
  readonly folder: string
  /** What to do where it cannot be fetched. */
  readonly instead: string
}

/** The root of the unpacked files, whether or not they are there. */
export const rootOf = ({ folder }: DebianPackage): string => join(cache, folder, 'debian')

/** Whether Debian's packages can be fetched and unpacked here. */
export const hasApt = (): Promise<boolean> =>
  Promise.all([run('apt-get', ['--version']), run('dpkg', ['--version'])]).then(
    () => true,
    () => false,
  )

/** The folder of shared libraries below a root, for `LD_LIBRARY_PATH`; null when it has none. */
export async function librariesOf(root: string): Promise<string | null> {
  const folder = (await readdir(join(root, 'usr/lib')).catch((): string[] => [])).find((name) => name.includes('linux-gnu'))
  return folder ? join(root, 'usr/lib', folder) : null
}

/** Fetches a package with what it needs, and unpacks all into `.cache`. Two processes may do so at once: the first rename wins. */
export async function unpack(wanted: DebianPackage): Promise<void> {
  const home = join(cache, wanted.folder)
  await mkdir(home, { recursive: true })
  const mine = await mkdtemp(join(home, `.${randomUUID()}-`))
  try {
    const archives = join(mine, 'archives')
    await mkdir(join(archives, 'partial'), { recursive: true })
    await download(wanted, archives, mine)
    const root = join(mine, 'root')
    for (const name of await readdir(archives)) if (name.endsWith('.deb')) await run('dpkg', ['-x', join(archives, name), root])
    await rename(root, rootOf(wanted)).catch((error: unknown) => {
      if (!existsSync(rootOf(wanted))) throw error
    })
  } finally {
    await rm(mine, { recursive: true, force: true })
  }
}

/** Fetches the package and those that it needs and this machine has not; with package lists of our own where the machine's are missing or old. */
async function download({ name, instead }: DebianPackage, archives: string, home: string): Promise<void> {
  const options = ['-y', '-q', '-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${archives}`, '-o', 'APT::Sandbox::User=root']
  const install = ['--no-install-recommends', '--download-only', 'install', name]
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
      throw new Error(`${name} could not be fetched from Debian. ${instead}:\n${said}`)
    }
  }
}
