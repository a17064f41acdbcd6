import { configMarkdown, durationText, loadConfig } from '@tickets/cli/config'
import * as z from 'zod'

const brokers = z.array(z.string().regex(/^[^\s:]+:\d+$|^\[[^\]]+\]:\d+$/, 'is host:port, or several with commas'))
const whole = z.int('is a whole number from 0').min(0, 'is a whole number from 0')

/** The settings of the examples. Each has the same name in every example: as a flag, and in capitals in the environment and `.env`. */
const all = {
  brokers: brokers.optional().describe('Kafka brokers').meta({ placeholder: 'host:port,…' }),
  topic: z.string().default('client_tickets').describe('Kafka topic').meta({ placeholder: 'name' }),
  retryFor: durationText().prefault('1 minute').describe('how long a broker that does not answer is tried again'),
  rate: whole.default(0).describe('tickets a second, 0 for as fast as it goes'),
  tickets: whole.default(100_000).describe('how many tickets to generate'),
  seed: whole.default(1).describe('the same seed gives the same tickets'),
  input: z.string().optional().describe('a JSON Lines file of tickets').meta({ placeholder: 'file' }),
  output: z.string().default('data/output').describe('where to write').meta({ placeholder: 'path' }),
  format: z.enum(['parquet', 'arrow', 'json', 'csv']).default('parquet').describe('file format'),
  resume: z.boolean().default(false).describe('continue where the last run stopped'),
  json: z.boolean().default(false).describe('print the summary as one JSON object on the last line'),
  verbose: z.boolean().default(false).describe('show the stack of an error'),
}

export type Settings = z.infer<z.ZodObject<typeof all>>
export type Flag = Exclude<keyof typeof all, 'verbose'>

/** The schema of an example's settings: the flags that it takes, with defaults of its own. */
export function settingsSchema<F extends Flag>(flags: readonly F[], defaults: Partial<Settings> = {}): z.ZodObject<Pick<typeof all, F | 'verbose'>> {
  const shape: Record<string, z.ZodType> = {}
  for (const flag of [...flags, 'verbose'] as const) {
    const own = defaults[flag]
    const type = all[flag]
    // The meta data goes along with the default of its own.
    shape[flag] = own === undefined ? type : (type.unwrap() as z.ZodType).default(own).meta(type.meta() ?? {})
  }
  return z.object(shape) as unknown as z.ZodObject<Pick<typeof all, F | 'verbose'>>
}

/**
 * Reads the settings of an example: `.env` in the working directory is overruled by the environment, and that by flags.
 *
 * @throws `OPTION_INVALID` for an unknown flag or a value that is none
 * @example
 * settings('produce', 'Sends tickets', ['brokers', 'tickets']).tickets // 100000
 */
export function settings<F extends Flag>(name: string, description: string, flags: readonly F[], defaults: Partial<Settings> = {}) {
  // Tickets come from one place.
  return loadConfig(settingsSchema(flags, defaults), { name, description, oneOf: [['brokers', 'input']] })
}

/** What the examples take, as a Markdown table for the documentation. */
export const settingsTable = () => configMarkdown(z.object(all))
