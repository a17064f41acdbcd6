import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { hasContainers } from '../broker/container.ts'
import { hasMaven, javaVersion } from '../broker/jars.ts'
import { freePorts, leashed } from '../broker/java.ts'
import { apicurio, hasApicurio } from './apicurio.ts'

/** A real schema registry for tests, which speaks Confluent's API. */
export interface Registry {
  readonly url: string
  readonly how: 'env' | 'container' | 'java'
  /** Ends it; its schemas are gone. */
  stop(): Promise<void>
}

const PATH = '/apis/ccompat/v7'
const START_MS = 180_000
const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/** Which kind of registry can be had here, or why none can and what to do. */
export async function registryAvailable(): Promise<{ how: Registry['how'] } | { how: null; reason: string }> {
  if (process.env.SCHEMA_REGISTRY_URL) return { how: 'env' }
  if (await hasContainers()) return { how: 'container' }
  if (((await javaVersion()) ?? 0) >= 17 && (hasApicurio() || (await hasMaven()))) return { how: 'java' }
  const reason =
    'No schema registry: SCHEMA_REGISTRY_URL is not set, no container engine answers, and there is no Java 17 with Maven. Set it, start a container engine, or install both (Debian: apt-get install openjdk-17-jre-headless maven).'
  return { how: null, reason }
}

/**
 * Starts a registry: the one at `SCHEMA_REGISTRY_URL`, else Apicurio in a container, else Apicurio with Java.
 *
 * @example
 * const registry = await startRegistry(); registry.url // 'http://127.0.0.1:18081/apis/ccompat/v7'
 */
export async function startRegistry(): Promise<Registry> {
  const available = await registryAvailable()
  if (available.how === null) throw new Error(available.reason)
  if (available.how === 'container') return containerRegistry()
  if (available.how === 'java') return javaRegistry()
  return { how: 'env', url: process.env.SCHEMA_REGISTRY_URL ?? '', stop: async () => {} }
}

async function containerRegistry(): Promise<Registry> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer('apicurio/apicurio-registry:3.0.9')
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp(`${PATH}/subjects`, 8080))
    .start()
  const stop = async () => {
    await container.stop()
  }
  return { how: 'container', url: `http://${container.getHost()}:${container.getMappedPort(8080)}${PATH}`, stop }
}

/** Apicurio from Maven Central on a free port, its schemas in memory. */
async function javaRegistry(): Promise<Registry> {
  const { folder, jar } = await apicurio()
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}${PATH}`
  const server = spawn('sh', ['-c', leashed, 'sh', 'java', ...jvm, '-jar', join(folder, jar)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: String(port), QUARKUS_LOG_LEVEL: 'ERROR' },
  })
  let said = ''
  const note = (text: Buffer) => {
    said = `${said}${text}`.slice(-4000)
  }
  server.stdout.on('data', note)
  server.stderr.on('data', note)
  const stop = async () => {
    if (!server.pid || server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((done) => server.once('exit', done))
    process.kill(-server.pid, 'SIGKILL')
    await gone
  }
  const deadline = Date.now() + START_MS
  const answers = () =>
    fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5000) }).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await answers())) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`the schema registry did not start (exit code ${server.exitCode}):\n${said}`)
    }
    await new Promise((done) => setTimeout(done, 200))
  }
  return { how: 'java', url, stop }
}
