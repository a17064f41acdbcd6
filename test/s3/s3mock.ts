import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hasMaven, javaVersion } from '../broker/jars.ts'
import { freePort, ServerProcess } from '../servers/process.ts'
import { answers, type Store } from './store.ts'

const run = promisify(execFile)
const VERSION = '4.11.0'
const cache = fileURLToPath(new URL('../../.cache/s3mock', import.meta.url))
const jar = join(cache, `s3mock-${VERSION}-exec.jar`)

/** Whether Java can run the store here: Java 17 or newer, and the jar or Maven to fetch it with. */
export async function hasS3Mock(): Promise<boolean> {
  return ((await javaVersion()) ?? 0) >= 17 && (existsSync(jar) || (await hasMaven()))
}

/** Fetches the jar from Maven Central the first time. Two processes may do so at once: each renames a whole file. */
async function fetchJar(): Promise<void> {
  if (existsSync(jar)) return
  await mkdir(cache, { recursive: true })
  const mine = await mkdtemp(join(cache, `.${randomUUID()}-`))
  try {
    const artifact = `com.adobe.testing:s3mock:${VERSION}:jar:exec`
    const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${mine}`, '-Dmdep.useBaseVersion=true']
    await run('mvn', ['-q', '-B', 'dependency:copy', ...options], { cwd: mine, maxBuffer: 1 << 26 })
    await rename(join(mine, `s3mock-${VERSION}-exec.jar`), jar)
  } finally {
    await rm(mine, { recursive: true, force: true })
  }
}

/** Starts a store that has all requests, but whose conditional writes race. */
export async function startS3Mock(): Promise<Store> {
  await fetchJar()
  const [port, tls] = [await freePort(), await freePort()]
  const home = await mkdtemp(join(tmpdir(), 'tickets-s3mock-'))
  const endpoint = `http://127.0.0.1:${port}`
  const settings = {
    'com.adobe.testing.s3mock.httpPort': port,
    'server.port': tls,
    'com.adobe.testing.s3mock.store.root': home,
    'logging.level.root': 'ERROR',
  }
  const jvm = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${home}`]
  const options = [...jvm, '-jar', jar, ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)]
  const server = new ServerProcess({ name: 's3mock', command: 'java', options, env: process.env, port, answers: () => answers(endpoint) })
  await server.start()
  const stop = async () => {
    await server.kill()
    await rm(home, { recursive: true, force: true })
  }
  return { how: 's3mock', endpoint, stop }
}
