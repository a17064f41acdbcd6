import { hasContainers } from '../broker/container.ts'
import { containerOnly, type Database } from '../servers/database.ts'

export { hasContainers }

/** PostgreSQL in a container. */
export async function containerDatabase(): Promise<Database> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const password = 'tickets-test'
  const container = await new GenericContainer('postgres:17.6')
    .withEnvironment({ POSTGRES_USER: 'tickets', POSTGRES_PASSWORD: password, POSTGRES_DB: 'tickets' })
    .withExposedPorts(5432)
    // It starts twice: first without the network, to make its tables.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const stop = async () => {
    await container.stop()
  }
  return {
    ...containerOnly(stop, 'POSTGRES_URL'),
    url: `postgres://tickets:${password}@${container.getHost()}:${container.getMappedPort(5432)}/tickets`,
  }
}
