import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Broker } from './broker.ts'
import { kafkaJars } from './jars.ts'

const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error']

// The broker must not outlive us, however we end: when our end of its stdin closes, the watcher kills it.
export const leashed = 'exec 3<&0; "$@" </dev/null & child=$!; { cat <&3 >/dev/null; kill -9 $child 2>/dev/null; } & wait $child'

export interface JavaBrokerOptions {
  /** The release of Kafka; the one that all tests run on by default. */
  readonly version?: string
  /** More lines for the broker's configuration, or other ones. */
  readonly properties?: Readonly<Record<string, string | number>>
  /** More arguments for the tool that formats its storage, such as `--add-scram`. */
  readonly format?: readonly string[]
  /** More arguments for its Java, such as `-D…`. */
  readonly jvm?: readonly string[]
  /** Folders whose jars the broker loads too. */
  readonly jars?: readonly string[]
  /** The port that it tells to clients instead of its own: that of a proxy. */
  readonly advertised?: number
  /** Listeners beside the one that tests use; `advertised` is the `host:port` that it tells to clients. */
  readonly listeners?: readonly { readonly name: string; readonly protocol: string; readonly port: number; readonly advertised?: string }[]
}

function properties(
  port: number,
  controller: number,
  data: string,
  { advertised = port, properties: more, listeners = [] }: JavaBrokerOptions,
): string {
  const also = (text: (listener: (typeof listeners)[number]) => string) => listeners.map((listener) => `,${text(listener)}`).join('')
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}${also((l) => `${l.name}://127.0.0.1:${l.port}`)}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertised}${also((l) => `${l.name}://${l.advertised ?? `127.0.0.1:${l.port}`}`)}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${also((l) => `${l.name}:${l.protocol}`)}`,
    'log.dirs': data,
    'num.partitions': 3,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.min.isr': 1,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'log.cleaner.backoff.ms': 200,
    'log.cleaner.dedupe.buffer.size': 8 << 20,
    'log.retention.check.interval.ms': 500,
    ...more,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/**
 * Below the ports that systems give to outgoing connections: while a broker is down, one of those could be taken by a client, or a client that
 * tries again and again could even connect to itself.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(15_000, 30_000)
    if (await canListen(port)) ports.add(port)
  }
  return [...ports]
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy()).once('connect', () => socket.end())
  })

/** Kafka from Maven Central, on free ports, one node, its data in a folder that is removed at the end. */
export async function javaBroker(options: JavaBrokerOptions = {}): Promise<Broker> {
  const classpath = [await kafkaJars(options.version), ...(options.jars ?? [])].map((folder) => join(folder, '*')).join(':')
  const home = await mkdtemp(join(tmpdir(), 'tickets-broker-'))
  const [port = 0, controller = 0] = await freePorts(2)
  const config = join(home, 'server.properties')
  await writeFile(config, properties(port, controller, join(home, 'data'), options))
  const java = ['java', ...jvm, ...(options.jvm ?? []), '-cp', classpath]
  // One that begins with a dash is taken for an option.
  const id = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  await promisify(execFile)('java', [...java.slice(1), 'kafka.tools.StorageTool', 'format', '-t', id, '-c', config, ...(options.format ?? [])])

  let child: ChildProcess | undefined
  const start = async () => {
    const server = spawn('sh', ['-c', leashed, 'sh', ...java, 'kafka.Kafka', config], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    let said = ''
    const note = (text: Buffer) => {
      said = `${said}${text}`.slice(-4000)
    }
    server.stdout.on('data', note)
    server.stderr.on('data', note)
    child = server
    const deadline = Date.now() + 60_000
    while (!(await answers(port))) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`the broker did not start (exit code ${server.exitCode}):\n${said}`)
      await new Promise((done) => setTimeout(done, 100))
    }
  }
  const kill = async () => {
    const server = child
    child = undefined
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((done) => server.once('exit', done))
    process.kill(-server.pid, 'SIGKILL')
    await gone
    // The shell is gone before the broker has released of its port: a start that came now would take the dying one's answer for its own.
    while (await answers(port)) await new Promise((done) => setTimeout(done, 20))
  }
  const stop = async () => {
    await kill()
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  await start().catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { how: 'java', brokers: [`127.0.0.1:${port}`], stop, kill, restart: start }
}
