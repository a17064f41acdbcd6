// The four datasets from Kafka until it is stopped: node lake.job.ts <brokers> <topic> <out> <scratch> <milliseconds of a range>, where out and
// scratch are folders or places in a bucket.
import { pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { fourOutputs } from '../shared/four-outputs.ts'
import { placeIn } from '../shared/place-in.ts'

const [brokers = '', topic = '', out = '', scratch = '', range] = process.argv.slice(2)
const [outAt, scratchAt] = [await placeIn(out), await placeIn(scratch)]

await pipeline({
  name: 'latency',
  source: kafkaSource({ schema: Ticket, brokers: brokers.split(','), topic, groupId: topic }),
  log: commitLog(scratchAt('log')),
  maxOutOfOrderness: '5 seconds',
  range: { time: Number(range) },
  flows: fourOutputs(outAt),
}).run()
