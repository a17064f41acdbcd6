import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Database } from '../servers/database.ts'
import { freePort, isOpenToAll, NOBODY, ServerProcess } from '../servers/process.ts'
import { type Installation, mariadbServer } from './installation.ts'

/** Whether a server answers with its greeting, as one does that is ready. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true)).once('error', () => resolve(false))
    socket.once('data', () => socket.destroy()).once('close', () => resolve(false))
  })

const environment = ({ libraries }: Installation) => ({ ...process.env, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) })

/** Makes the system tables, a database and a user. */
async function bootstrap(installation: Installation, options: readonly string[], password: string): Promise<void> {
  const tables = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql', 'maria_add_gis_sp_bootstrap.sql']
  const sql = [
    'create database if not exists mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n',
    ...(await Promise.all(tables.map((name) => readFile(join(installation.share, name), 'utf8')))),
    `CREATE DATABASE tickets;\nFLUSH PRIVILEGES;\nGRANT ALL ON *.* TO 'tickets'@'%' IDENTIFIED BY '${password}' WITH GRANT OPTION;\n`,
  ]
  const child = spawn(installation.server, [...options, '--bootstrap', '--enforce-storage-engine='], {
    env: environment(installation),
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  child.stdin.on('error', () => {})
  child.stdin.end(sql.join(''))
  const code = await new Promise((done, fail) => child.once('close', done).once('error', fail))
  if (code !== 0) throw new Error(`MariaDB could not make its system tables (exit code ${code}):\n${said.slice(-4000)}`)
}

/** MariaDB on a free port, its data in a folder that is removed at the end; `extra`: more options of the server, such as `--skip-networking`. */
export async function localDatabase(extra: readonly string[] = []): Promise<Database> {
  const installation = await mariadbServer()
  const home = await mkdtemp(join(tmpdir(), 'tickets-mariadb-'))
  const data = join(home, 'data')
  const temporary = join(home, 'tmp')
  for (const folder of [data, temporary]) await mkdir(folder)
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? ((await isOpenToAll(installation.share)) ? 'nobody' : 'root') : null
  if (user === 'nobody') {
    await chmod(home, 0o755)
    for (const folder of [home, data, temporary]) await chown(folder, NOBODY, NOBODY)
  }
  const port = await freePort()
  const password = `test-${randomInt(1 << 30)}`
  const options = [
    '--no-defaults',
    `--basedir=${dirname(dirname(installation.share))}`,
    `--lc-messages-dir=${installation.share}`,
    `--character-sets-dir=${join(installation.share, 'charsets')}`,
    `--datadir=${data}`,
    // A server removes what it takes for its own temporary files, also those of another one beside it.
    `--tmpdir=${temporary}`,
    '--innodb-log-file-size=64M',
    '--innodb-buffer-pool-size=128M',
    '--innodb-fast-shutdown=1',
    // Killing the process is what tests do, not the machine: what the system has written stays.
    '--innodb-flush-log-at-trx-commit=2',
    '--character-set-server=utf8mb4',
    ...(user ? [`--user=${user}`] : []),
  ]
  const server = new ServerProcess({
    name: 'MariaDB',
    command: installation.server,
    options: [
      ...options,
      `--socket=${join(home, 'server.sock')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-name-resolve',
      ...extra,
      '--pid-file=server.pid',
    ],
    env: environment(installation),
    port,
    answers: () => answers(port),
  })
  const stop = async () => {
    await server.kill()
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    await bootstrap(installation, options, password)
    await server.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    how: 'debian',
    url: `mysql://tickets:${password}@127.0.0.1:${port}/tickets`,
    stop,
    kill: () => server.kill(),
    restart: () => server.start(),
  }
}
