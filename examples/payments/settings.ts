import { durationText, loadConfig, secret } from '@tickets/cli/config'
import * as z from 'zod'

/** Reads what the payments come from and where they go. */
export const settings = () =>
  loadConfig(
    z.object({
      input: z.string().optional().describe('a JSON Lines file of payments').meta({ placeholder: 'file' }),
      brokers: z.array(z.string()).optional().describe('Kafka brokers').meta({ placeholder: 'host:port,…' }),
      topic: z.string().default('payments').describe('Kafka topic of payments in Avro').meta({ placeholder: 'name' }),
      registry: z.string().default('http://localhost:8081').describe('schema registry').meta({ placeholder: 'url' }),
      retryFor: durationText().prefault('1 minute').describe('how long a broker that does not answer is tried again'),
      output: z.string().default('data/payments').describe('where to write').meta({ placeholder: 'path' }),
      redactKey: secret().describe('the key that hashes of users are made with, 16 bytes or more'),
      mysqlUrl: secret().optional().describe('a MySQL or MariaDB database for the star schema').meta({ placeholder: 'url' }),
      postgresUrl: secret().optional().describe('a PostgreSQL database for the star schema').meta({ placeholder: 'url' }),
      verbose: z.boolean().default(false).describe('show the stack of an error'),
    }),
    { name: 'payments', description: 'Payments into Parquet and a star schema', oneOf: [['brokers', 'input']] },
  )
