import type { Kind } from '../servers/database.ts'
import { containerDatabase, hasContainers } from './container.ts'
import { hasPostgres } from './installation.ts'
import { localDatabase } from './local.ts'

export const postgres: Kind = {
  name: 'PostgreSQL',
  variable: 'POSTGRES_URL',
  howToGetOne:
    'Set POSTGRES_URL=postgres://user:password@host:port/database, or start a container engine (Docker, Podman), or use Debian or Ubuntu, from which postgresql is taken.',
  hasContainers,
  inContainer: containerDatabase,
  hasLocal: hasPostgres,
  local: () => localDatabase(),
}
