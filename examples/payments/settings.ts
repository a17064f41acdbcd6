import { durationText, loadConfig, secret } from '@tickets/cli/config'
import * as z from 'zod'

/** Reads what the payments come from and where they go. */
export const settings = () =>
  loadConfig(
    z.object({
      input: z.string().optional().describe('a JSON Lines file of transactions').meta({ placeholder: 'file' }),
      blacklist: z.string().optional().describe('a JSON Lines file of blocks, for --input').meta({ placeholder: 'file' }),
      brokers: z.array(z.string()).optional().describe('Kafka brokers').meta({ placeholder: 'host:port,…' }),
      topic: z.string().default('payments').describe('topic of transactions, with one partition').meta({ placeholder: 'name' }),
      blacklistTopic: z.string().default('blacklist').describe('compacted topic of blocks by user').meta({ placeholder: 'name' }),
      registry: z.string().optional().describe('schema registry, for transactions in Avro').meta({ placeholder: 'url' }),
      retryFor: durationText().prefault('1 minute').describe('how long a broker that does not answer is tried again'),
      commitRows: z.int().positive().default(1_000).describe('the most transactions of one commit'),
      output: z.string().default('data/payments').describe('where to write').meta({ placeholder: 'path' }),
      redactKey: secret().optional().describe('the key that hashes of users are made with, 16 bytes or more'),
      mysqlUrl: secret().optional().describe('a MySQL or MariaDB database for the tables').meta({ placeholder: 'url' }),
      verbose: z.boolean().default(false).describe('show the stack of an error'),
    }),
    { name: 'payments', description: 'Payments into tables, with a blacklist and fraud alerts', oneOf: [['brokers', 'input']] },
  )
export type Settings = ReturnType<typeof settings>
