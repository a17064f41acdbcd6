import { hasContainers } from '../broker/container.ts'
import { containerOnly, type Database } from '../servers/database.ts'

export { hasContainers }

/** MariaDB in a container. */
export async function containerDatabase(): Promise<Database> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const password = 'tickets-test'
  const container = await new GenericContainer('mariadb:10.11.14')
    .withEnvironment({ MARIADB_ROOT_PASSWORD: password, MARIADB_DATABASE: 'tickets', MARIADB_ROOT_HOST: '%' })
    .withExposedPorts(3306)
    // It starts twice: first without the network, to make its tables.
    .withWaitStrategy(Wait.forLogMessage(/ready for connections.*port: 3306/s))
    .start()
  const stop = async () => {
    await container.stop()
  }
  return {
    ...containerOnly(stop, 'MYSQL_URL'),
    url: `mysql://root:${password}@${container.getHost()}:${container.getMappedPort(3306)}/tickets`,
  }
}
