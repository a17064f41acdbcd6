import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'

/** The user `nobody` of most systems: servers do not run as root. */
export const NOBODY = 65_534

// The server must not outlive us, however we end: when our end of its stdin closes, the watcher kills it.
const leashed = 'exec 3<&0; "$@" </dev/null & child=$!; { cat <&3 >/dev/null; kill -9 $child 2>/dev/null; } & wait $child'

/** How long a server may take to start, in milliseconds. */
const START_MS = 180_000

export const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** Below the ports that systems give to outgoing connections, so that nothing takes it while the server is down. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000)
    if (await canListen(port)) return port
  }
}

/** Whether other users may enter all folders above: a clone below a private home cannot be read by `nobody`. */
export async function isOpenToAll(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 1) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** What runs a server. */
export interface Program {
  readonly name: string
  readonly command: string
  readonly options: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly port: number
  /** A user and group to run as, by number. */
  readonly user?: number | undefined
  /** Whether it takes connections. */
  readonly answers: () => Promise<boolean>
}

/** A server that ends with this process, and can be killed and started again before. */
export class ServerProcess {
  readonly #program: Program
  #child: ChildProcess | undefined

  constructor(program: Program) {
    this.#program = program
  }

  async start(): Promise<void> {
    const { name, command, options, env, user, answers } = this.#program
    const server = spawn('sh', ['-c', leashed, 'sh', command, ...options], {
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
      ...(user === undefined ? {} : { uid: user, gid: user }),
    })
    let said = ''
    server.stderr.on('data', (text) => (said = `${said}${text}`.slice(-4000)))
    this.#child = server
    const deadline = Date.now() + START_MS
    while (!(await answers())) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`${name} did not start (exit code ${server.exitCode}):\n${said}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }

  /** Ends it at once. Resolves when its port is free. */
  async kill(): Promise<void> {
    const server = this.#child
    this.#child = undefined
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((done) => server.once('exit', done))
    process.kill(-server.pid, 'SIGKILL')
    await gone
    while (!(await canListen(this.#program.port))) await new Promise((done) => setTimeout(done, 20))
  }
}
