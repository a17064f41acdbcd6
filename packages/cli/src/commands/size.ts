import * as z from 'zod'
import { durationText } from '../config/value-types.ts'
import type { CommandDefinition } from '../program/command.ts'
import { type Sizing, sizing } from '../sizing.ts'
import { count, size } from '../text.ts'

const MIB = 2 ** 20

// Defaults: the job of docs/performance.md, which writes four datasets of tickets.
const flags = z.object({
  rate: z.number().positive().default(5000).describe('messages a second, all partitions together'),
  partitions: z.int().positive().default(3).describe('partitions of the topic'),
  retention: durationText().prefault('7d').describe('how long the topic keeps messages'),
  messageBytes: z.number().positive().default(250).describe('bytes of a message'),
  replication: z.int().positive().default(3).describe('copies that the brokers keep'),
  flows: z.int().positive().default(4).describe('flows that write files'),
  rowBytes: z.number().positive().default(86).describe('bytes that a message becomes in files, all flows together'),
  range: durationText().prefault('30s').describe('how long a range lasts'),
  outage: durationText().prefault('1h').describe('a stop after which the pipeline catches up'),
  cpuMicros: z.number().positive().default(6.1).describe('microseconds of processor time for a message'),
  processRate: z.number().positive().default(250_000).describe('messages a second that one process takes at most'),
  processMib: z.number().positive().default(641).describe('memory of one process at most, in MiB'),
  pricePut: z.number().min(0).default(0.005).describe('dollars for 1,000 requests of the class PUT'),
  priceGet: z.number().min(0).default(0.0004).describe('dollars for 1,000 requests of the class GET'),
  priceStorage: z.number().min(0).default(0.023).describe('dollars for a GB in the bucket for a month'),
  json: z.boolean().default(false).describe('print one JSON object, with bytes and milliseconds'),
})

const dollars = (amount: number) => `${amount.toFixed(2)} dollars`
const minutes = (ms: number) => (ms < 60_000 ? `${count(ms / 1000)} s` : `${count(ms / 60_000)} min`)

function lines({ topic, pipeline, lake, requests, storageDollars, warnings }: Sizing): string[][] {
  const { cores, processes, memory, catchUp } = pipeline
  return [
    ['topic', `${size(topic.bytesPerSecond)}/s, ${size(topic.bytes)} on the brokers`],
    ['cores', `${cores.toFixed(2)} busy on average`],
    ['processes', `${processes}, ${size(memory)} of memory together`],
    ['catching up', catchUp === null ? 'never' : minutes(catchUp)],
    ['files', `${count(lake.filesPerDay)} a day of ${size(lake.fileBytes)}, ${size(lake.bytesPerDay)} a day`],
    ['requests', `${count(requests.put)} PUT and ${count(requests.get)} GET a day, ${dollars(requests.dollars)}`],
    ['storage', `${dollars(storageDollars)} a month with the files of a year`],
    ...warnings.map((warning) => ['warning', warning]),
  ]
}

/** Makes the command `size`, which computes what a pipeline needs. */
export const sizeCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'size',
  description:
    'Compute what a pipeline from Kafka to files in a bucket needs: topic, processes, files, requests and dollars. The defaults are figures of docs/performance.md; measure your own.',
  examples: ['tickets size --rate 5000 --partitions 12 --retention 30d', 'tickets size --rate 20000 --partitions 6 --json'],
  arguments: [],
  flags,
  prefix: 'TICKETS_SIZE_',
  async run(_, { json, processMib, pricePut, priceGet, priceStorage, ...load }) {
    const found = sizing({ ...load, processMemory: processMib * MIB, prices: { put: pricePut, get: priceGet, gigabyteMonth: priceStorage } })
    if (json) print(`${JSON.stringify(found)}\n`)
    else {
      const { keyValueTable } = await import('../tables.ts')
      print(`${keyValueTable(lines(found))}\n`)
    }
    return 0
  },
})
