import { durationText, secret } from '@tickets/cli/config'
import * as z from 'zod'

/** What the lakehouse reads from flags and the environment. The AWS SDK reads region and credentials itself: `AWS_REGION`, `AWS_ACCESS_KEY_ID` and others. */
export const Settings = z.object({
  brokers: z.array(z.string()).default(['localhost:9092']).describe('Kafka brokers').meta({ placeholder: 'host:port,…' }),
  topic: z.string().default('client_tickets').describe('Kafka topic of tickets in JSON').meta({ placeholder: 'name' }),
  group: z.string().default('lakehouse').describe('consumer group: its processes share the partitions').meta({ placeholder: 'name' }),
  kafkaUser: z.string().optional().describe('user of a broker with TLS and SCRAM-SHA-512').meta({ placeholder: 'name' }),
  kafkaPassword: secret().optional().describe('its password'),
  bucket: z.string().describe('a bucket that exists').meta({ placeholder: 'name' }),
  prefix: z.string().default('lakehouse').describe('the folder of the log and the tables in it').meta({ placeholder: 'path' }),
  endpoint: z.string().optional().describe('address of a store that speaks the API of S3; that of AWS by default').meta({ placeholder: 'url' }),
  until: z.enum(['never', 'now']).default('never').describe('now: read up to the end of the topic as it is, and stop'),
  commitEvery: durationText().prefault('30 seconds').describe('how long rows wait until they can be read: longer makes fewer files'),
  sessionTimeout: durationText().prefault('30 seconds').describe('after how long others take over the partitions of a process that died'),
  monitorPort: z.int().min(0).max(65_535).optional().describe('serve metrics, health and status at this port, 0 for any'),
  monitorHost: z.string().default('127.0.0.1').describe('the address that serves them').meta({ placeholder: 'address' }),
  verbose: z.boolean().default(false).describe('show the stack of an error'),
})
