import type { Kind } from '../servers/database.ts'
import { containerDatabase, hasContainers } from './container.ts'
import { hasMariadb } from './installation.ts'
import { localDatabase } from './local.ts'

/** MariaDB, or the MySQL at `MYSQL_URL`. */
export const mariadb: Kind = {
  name: 'MariaDB',
  variable: 'MYSQL_URL',
  howToGetOne:
    'Set MYSQL_URL=mysql://user:password@host:port/database, or start a container engine (Docker, Podman), or use Debian or Ubuntu, from which mariadb-server-core is taken.',
  hasContainers,
  inContainer: containerDatabase,
  hasLocal: hasMariadb,
  local: () => localDatabase(),
}
