import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { Database } from '../servers/database.ts'
import { freePort, isOpenToAll, NOBODY, ServerProcess } from '../servers/process.ts'
import { type Installation, postgresServer } from './installation.ts'

const run = promisify(execFile)

/** The begin of a login, which a server that is ready answers by asking for the password, and another one by an error. */
const LOGIN = Buffer.from('\0\0\0\x26\0\x03\0\0user\0tickets\0database\0tickets\0\0', 'latin1')
LOGIN.writeInt32BE(LOGIN.length)
const ASKS_FOR_PASSWORD = 'R'

const isAnswered = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(LOGIN))
    socket.once('data', (data) => resolve(data.toString('latin1', 0, 1) === ASKS_FOR_PASSWORD)).once('error', () => resolve(false))
    socket.once('data', () => socket.destroy()).once('close', () => resolve(false))
  })

/** Copies what `nobody` may not read: a clone below a private home. */
async function readable(installation: Installation, home: string): Promise<Installation> {
  const { root, bin, libraries } = installation
  if (root === null || (await isOpenToAll(bin))) return installation
  const copy = join(home, 'server')
  await cp(root, copy, { recursive: true, verbatimSymlinks: true })
  return { root: copy, bin: join(copy, relative(root, bin)), libraries: libraries && join(copy, relative(root, libraries)) }
}

/** Starts it once the processes of the killed server have ended, which hold its memory until then. */
async function restart(server: ServerProcess, tries = 50): Promise<void> {
  try {
    await server.start()
  } catch (error) {
    if (tries === 0 || !/shared memory|postmaster\.pid/.test(String(error))) throw error
    await new Promise((done) => setTimeout(done, 100))
    await restart(server, tries - 1)
  }
}

/** PostgreSQL on a free port, its data in a folder that is removed at the end; `extra`: more settings of the server, such as `max_connections=5`. */
export async function localDatabase(extra: readonly string[] = [], encoding = 'UTF8'): Promise<Database> {
  const found = await postgresServer()
  const home = await mkdtemp(join(tmpdir(), 'tickets-postgres-'))
  const stop = async () => {
    await server?.kill()
    await rm(home, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
  }
  let server: ServerProcess | undefined
  try {
    // The server refuses to run as root.
    const user = process.getuid?.() === 0 ? NOBODY : undefined
    const { bin, libraries } = user === undefined ? found : await readable(found, home)
    const env = { ...process.env, LC_ALL: 'C', HOME: home, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) }
    const password = `test-${randomInt(1 << 30)}`
    const [data, passwordFile] = [join(home, 'data'), join(home, 'password')]
    await writeFile(passwordFile, password)
    if (user !== undefined) {
      await chmod(home, 0o755)
      for (const path of [home, passwordFile]) await chown(path, user, user)
    }
    const initdb = ['-D', data, '-U', 'tickets', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '-E', encoding, '--locale=C', '--no-sync']
    await run(join(bin, 'initdb'), initdb, { env, ...(user === undefined ? {} : { uid: user, gid: user }) })
    const port = await freePort()
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${home}`,
      // Killing the process is what tests do, not the machine: what the system has written stays.
      'fsync=off',
      'full_page_writes=off',
      'jit=off',
      ...extra,
    ]
    const own = new ServerProcess({
      name: 'PostgreSQL',
      command: join(bin, 'postgres'),
      options: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      env,
      port,
      user,
      answers: () => isAnswered(port),
    })
    server = own
    await own.start()
    const url = `postgres://tickets:${password}@127.0.0.1:${port}/postgres`
    return { how: 'debian', url, stop, kill: () => own.kill(), restart: () => restart(own) }
  } catch (error) {
    await stop()
    throw error
  }
}
