/**
 * What a bucket costs against the local disk: `node bench/buckets.ts [--rows 1000000] [--rounds 5] [--rate 1000] [--seconds 30] [--only cost|latency]
 * [--record]`, on the built packages. The same job with files and log on the disk and in a bucket, in turns: processor time of its process; then how long
 * after its making a ticket lies in a visible object, with ranges of a second. The store is MinIO in a container, or moto, on the same machine (or the one at
 * `S3_ENDPOINT`); the broker is its own (or the one at `KAFKA_BROKERS`).
 */
import { parseArgs } from 'node:util'
import { startBroker } from '../test/broker/broker.ts'
import { type BenchBucket, startBucket } from './buckets/bucket.ts'
import { bucketCost, KINDS } from './buckets/cost.ts'
import { put } from './docs.ts'
import { measureLatency } from './latency/measure.ts'
import { type BucketLatency, type BucketsResult, bucketsPage } from './pages/buckets.ts'
import { loadResult, saveResult } from './results.ts'
import { circumstances, inWords } from './runner/machine.ts'
import { printTable } from './shared/print.ts'
import { quartiles } from './shared/statistics.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    only: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
})
const [rate, seconds] = [Number(values.rate), Number(values.seconds)]

async function latencies(bucket: BenchBucket): Promise<BucketLatency[]> {
  const broker = await startBroker()
  try {
    const found: BucketLatency[] = []
    for (const kind of KINDS) {
      const options = { brokers: broker.brokers.join(','), to: 'files', range: 1000, rate, seconds, warmUp: 10, partitions: 3 } as const
      const { p50, p99, max } = await measureLatency({ ...options, ...(kind === 'bucket' && { bucket }) })
      found.push({ kind, p50, p99, max })
    }
    return found
  } finally {
    await broker.stop()
  }
}

const before = circumstances()
console.log(inWords(before))
const bucket = await startBucket()
try {
  const cost = values.only === 'latency' ? null : await bucketCost(bucket, Number(values.rows), Number(values.rounds), (line) => console.error(line))
  if (cost) {
    printTable(cost.places.map(({ kind, cpu, seconds }) => ({ kind, 'processor seconds': quartiles(cpu), seconds: quartiles(seconds) })))
    console.log(`bucket to disk, processor time: ${quartiles(cost.ratio)}`)
  }
  const latency = values.only === 'cost' ? null : await latencies(bucket)
  if (latency) printTable(latency.map(({ kind, ...ms }) => ({ kind, ...ms })))
  if (values.record) {
    if (!cost || !latency) throw new Error('--record keeps both: leave --only out')
    saveResult('buckets', { circumstances: before, store: bucket.store, cost, rate, latency } satisfies BucketsResult)
    const { marker, lines } = bucketsPage(loadResult<BucketsResult>('buckets') as BucketsResult)
    put(marker, lines)
  }
} finally {
  await bucket.stop()
}
