import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dependency, hasMaven, jarsOf, javaVersion, pomOf } from '../broker/jars.ts'
import { freePorts, leashed } from '../broker/java.ts'

const ICEBERG = '1.11.0'
const JETTY = '12.1.5'
const cache = fileURLToPath(new URL('../../.cache/iceberg', import.meta.url))

/** The server by which Iceberg tries its own clients, and what it needs: its POM names nothing. */
const pom = pomOf([
  dependency('org.apache.iceberg', 'iceberg-open-api', ICEBERG, 'test-fixtures'),
  dependency('org.apache.iceberg', 'iceberg-core', ICEBERG),
  dependency('org.apache.iceberg', 'iceberg-core', ICEBERG, 'tests'),
  dependency('org.eclipse.jetty.ee10', 'jetty-ee10-servlet', JETTY),
  dependency('org.eclipse.jetty.compression', 'jetty-compression-server', JETTY),
  dependency('org.eclipse.jetty.compression', 'jetty-compression-gzip', JETTY),
  dependency('org.xerial', 'sqlite-jdbc', '3.50.3.0'),
  dependency('org.apache.hadoop', 'hadoop-client-api', '3.4.2'),
  dependency('org.apache.hadoop', 'hadoop-client-runtime', '3.4.2'),
  dependency('org.slf4j', 'slf4j-simple', '2.0.17'),
])

/** What lets the server reach a bucket: the SDK of AWS, and Iceberg's files there. */
const bucketPom = pomOf([dependency('org.apache.iceberg', 'iceberg-aws', ICEBERG), dependency('org.apache.iceberg', 'iceberg-aws-bundle', ICEBERG)])

/** A REST catalog of Iceberg's own code, on a free port. */
export interface RestServer {
  readonly uri: string
  stop(): Promise<void>
}

/** A warehouse in a bucket: what the server needs, in its environment and beside its other jars. */
export interface BucketWarehouse {
  /** `s3://bucket/folder`. */
  readonly warehouse: string
  readonly endpoint: string
  /** Region and credentials, as all clients of AWS read them. */
  readonly env: Readonly<Record<string, string>>
}

const canRun = async () => ((await javaVersion()) ?? 0) >= 17 && (existsSync(join(cache, ICEBERG)) || (await hasMaven()))

/** Starts the catalog, whose warehouse is a folder of its own or lies in a bucket; null, with a message, where there is no Java or Maven. CI never skips. */
export async function restServerOrSkip(bucket?: BucketWarehouse): Promise<RestServer | null> {
  if (await canRun()) return start(bucket)
  const reason = "Iceberg's REST catalog needs Java 17 or newer, and Maven to fetch it (Debian: apt-get install openjdk-17-jre-headless maven)."
  if (process.env.CI) throw new Error(reason)
  console.warn(`skipped: ${reason}`)
  return null
}

/** The server takes each variable `CATALOG_…` as a property: `_` is a dot and `__` a dash. */
const bucketEnv = ({ warehouse, endpoint, env }: BucketWarehouse) => ({
  ...env,
  CATALOG_WAREHOUSE: warehouse,
  CATALOG_IO__IMPL: 'org.apache.iceberg.aws.s3.S3FileIO',
  CATALOG_S3_ENDPOINT: endpoint,
  CATALOG_S3_PATH__STYLE__ACCESS: 'true',
})

async function start(bucket?: BucketWarehouse): Promise<RestServer> {
  const folders = [await jarsOf(cache, pom, ICEBERG), ...(bucket ? [await jarsOf(cache, bucketPom, `${ICEBERG}-aws`)] : [])]
  const classpath = folders.map((folder) => join(folder, '*')).join(':')
  const home = await mkdtemp(join(tmpdir(), 'tickets-catalog-'))
  const [port = 0] = await freePorts(1)
  const java = ['java', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error']
  const server = spawn('sh', ['-c', leashed, 'sh', ...java, '-cp', classpath, 'org.apache.iceberg.rest.RESTCatalogServer'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...process.env,
      ...(bucket ? bucketEnv(bucket) : { CATALOG_WAREHOUSE: `file://${home}/warehouse` }),
      CATALOG_URI: `jdbc:sqlite:file:${home}/catalog.db`,
      CATALOG_REST_PORT: String(port),
    },
  })
  let said = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-4000)
    })
  const gone = new Promise((done) => server.once('exit', done))
  const stop = async () => {
    if (server.pid && server.exitCode === null) process.kill(-server.pid, 'SIGKILL')
    await gone
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  const uri = `http://127.0.0.1:${port}`
  const deadline = Date.now() + 120_000
  for (;;) {
    const isUp = await fetch(`${uri}/v1/config`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return { uri, stop }
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`Iceberg's REST catalog did not start (exit code ${server.exitCode}):\n${said}`)
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}
