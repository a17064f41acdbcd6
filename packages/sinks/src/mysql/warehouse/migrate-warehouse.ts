import type { MysqlConnectionOptions } from '../settings.ts'
import { ticketStar } from './ticket-star.ts'

/**
 * Brings the star schema of a database up to date and returns the files it applied. Running it again, or in several processes, is safe. `warehouse` does
 * it when a pipeline starts; call it before to do so as another user, who also needs CREATE VIEW and REFERENCES.
 *
 * @throws `TARGET_UNUSABLE` where a file was changed after it was applied, or a newer release has been there
 * @example
 * await migrateWarehouse({ url: 'mysql://admin:secret@localhost/support' }) // ['001_dimensions.sql', '002_facts.sql', '003_views.sql']
 */
export const migrateWarehouse = (options: MysqlConnectionOptions): Promise<readonly string[]> => ticketStar(options).migrate()
