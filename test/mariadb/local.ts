import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Installation, mariadbServer } from './debian.ts'
import type { Database } from './mariadb.ts'

// The server must not outlive us, however we end: when our end of its stdin closes, the watcher kills it.
const leashed = 'exec 3<&0; "$@" </dev/null & child=$!; { cat <&3 >/dev/null; kill -9 $child 2>/dev/null; } & wait $child'

/** The user `nobody` of most systems: the server does not run as root. */
const NOBODY = 65_534

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** Below the ports that systems give to outgoing connections, so that nothing takes it while the server is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000)
    if (await canListen(port)) return port
  }
}

/** Whether a server answers with its greeting, as one does that is ready. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true)).once('error', () => resolve(false))
    socket.once('data', () => socket.destroy()).once('close', () => resolve(false))
  })

/** Whether other users may enter all folders above: a clone below a private home cannot be read by `nobody`. */
async function isOpenToAll(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 1) === 0) return false
    if (at === dirname(at)) return true
  }
}

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
  await mkdir(data)
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? ((await isOpenToAll(installation.share)) ? 'nobody' : 'root') : null
  if (user === 'nobody') {
    await chmod(home, 0o755)
    for (const folder of [home, data]) await chown(folder, NOBODY, NOBODY)
  }
  const port = await freePort()
  const password = `test-${randomInt(1 << 30)}`
  const options = [
    '--no-defaults',
    `--basedir=${dirname(dirname(installation.share))}`,
    `--lc-messages-dir=${installation.share}`,
    `--character-sets-dir=${join(installation.share, 'charsets')}`,
    `--datadir=${data}`,
    '--innodb-log-file-size=64M',
    '--innodb-buffer-pool-size=128M',
    '--innodb-fast-shutdown=1',
    // Killing the process is what tests do, not the machine: what the system has written stays.
    '--innodb-flush-log-at-trx-commit=2',
    '--character-set-server=utf8mb4',
    ...(user ? [`--user=${user}`] : []),
  ]
  let child: ChildProcess | undefined
  const start = async () => {
    const serving = [
      ...options,
      `--socket=${join(home, 'server.sock')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-name-resolve',
      ...extra,
    ]
    const server = spawn('sh', ['-c', leashed, 'sh', installation.server, ...serving, '--pid-file=server.pid'], {
      env: environment(installation),
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    })
    let said = ''
    server.stderr.on('data', (text) => (said = `${said}${text}`.slice(-4000)))
    child = server
    const deadline = Date.now() + 60_000
    while (!(await answers(port))) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`MariaDB did not start (exit code ${server.exitCode}):\n${said}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  const kill = async () => {
    const server = child
    child = undefined
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((done) => server.once('exit', done))
    process.kill(-server.pid, 'SIGKILL')
    await gone
    while (!(await canListen(port))) await new Promise((done) => setTimeout(done, 20))
  }
  const stop = async () => {
    await kill()
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    await bootstrap(installation, options, password)
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { how: 'debian', url: `mysql://tickets:${password}@127.0.0.1:${port}/tickets`, stop, kill, restart: start }
}
