import { hasContainers } from '../broker/container.ts'
import { hasPython, startMoto } from './moto.ts'
import { hasS3Mock, startS3Mock } from './s3mock.ts'
import { answers, type Store } from './store.ts'

/** `fenced` holds what a pipeline needs. `racing` has every request, but not the fence: two writers of one key may both succeed. */
export type StoreKind = 'fenced' | 'racing'

const noStore =
  'No object store: S3_ENDPOINT is not set, no container engine answers, and there is no Python 3 with venv. Set it (and S3_BUCKET, where none may be created), start a container engine, or install Python (Debian: apt-get install python3-venv).'

/** Why no store of a kind can be had here, and what to do; null where one can. */
export async function missingStore(kind: StoreKind): Promise<string | null> {
  if (kind === 'racing')
    return (await hasS3Mock()) ? null : 'No racing object store: it needs Java 17 and Maven (Debian: apt-get install openjdk-17-jre-headless maven).'
  return process.env.S3_ENDPOINT || (await hasPython()) || (await hasContainers()) ? null : noStore
}

/** Starts a store: the one at `S3_ENDPOINT`, else MinIO in a container, else moto with Python; s3mock with Java where it may race. */
export async function startStore(kind: StoreKind): Promise<Store> {
  if (kind === 'racing') return startS3Mock()
  if (process.env.S3_ENDPOINT) return { how: 'env', endpoint: process.env.S3_ENDPOINT, stop: async () => {} }
  return (await hasContainers()) ? minio() : startMoto()
}

async function minio(): Promise<Store> {
  const { GenericContainer } = await import('testcontainers')
  const container = await new GenericContainer('minio/minio:RELEASE.2025-09-07T16-13-09Z')
    .withExposedPorts(9000)
    .withEnvironment({ MINIO_ROOT_USER: 'testtest', MINIO_ROOT_PASSWORD: 'testtest' })
    .withCommand(['server', '/data'])
    .start()
  const endpoint = `http://${container.getHost()}:${container.getMappedPort(9000)}`
  while (!(await answers(endpoint))) await new Promise((done) => setTimeout(done, 100))
  const stop = async () => {
    await container.stop()
  }
  return { how: 'container', endpoint, stop }
}
