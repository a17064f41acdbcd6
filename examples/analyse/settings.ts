import { loadConfig } from '@tickets/cli/config'
import * as z from 'zod'
import { settingsSchema } from '../shared/settings.ts'

/** Six weeks with a ticket every 30 seconds, of which the working weeks keep a fifth. */
export const SIX_WEEKS = 120_960

const schema = settingsSchema(['output', 'tickets', 'seed'], { output: 'data/analysis', tickets: SIX_WEEKS }).extend({
  lake: z.string().default('data/lake/tickets').describe('a dataset of Parquet files with tickets and their team').meta({ placeholder: 'path' }),
  warehouse: z
    .string()
    .optional()
    .describe('ask this star schema too; as WAREHOUSE in the environment no other user sees the password')
    .meta({ placeholder: 'mysql://user:password@host:3306/database' }),
})

/** The settings of `analyse`: flags before the environment before `.env`. */
export const analyseSettings = () =>
  loadConfig(schema, { name: 'analyse', description: 'Ten questions of a support lead, asked of a lake of tickets' })
