/**
 * How long after its making a ticket can be read, at a steady rate from Kafka: in a committed file, for ranges of several lengths, and in a
 * callback that gets updates of windows. `node bench/latency.ts [--rate 5000] [--seconds 30] [--repeats 1] [--only 100] [--json] [--record]`,
 * on the built packages and a broker of its own (or the one at `KAFKA_BROKERS`).
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { startBroker } from '../test/broker/broker.ts'
import { circumstances } from '../test/crash/report.ts'
import { markdownTable, put } from './docs.ts'
import { type Latency, measureLatency } from './latency/measure.ts'
import { saveResult } from './results.ts'
import { printResult } from './shared/print.ts'
import { median } from './shared/statistics.ts'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '30' },
    repeats: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
})
const [rate, seconds] = [Number(values.rate), Number(values.seconds)]
const kinds = [
  { to: 'files', range: 20 },
  { to: 'files', range: 100 },
  { to: 'files', range: 1000 },
  { to: 'files', range: 10_000 },
  // The default.
  { to: 'files', range: 30_000 },
  { to: 'callback', range: 100 },
] as const
const chosen = kinds.filter(({ to, range }) => values.only === undefined || values.only === `${to === 'files' ? '' : 'callback-'}${range}`)

const broker = await startBroker()
const all = new Map<string, Latency[]>()
const load = loadavg()[0] ?? 0
try {
  for (let turn = 0; turn < Number(values.repeats); turn++) {
    for (const kind of chosen) {
      // Three ranges at least.
      const long = Math.max(seconds, (3 * kind.range) / 1000)
      const found = await measureLatency({ brokers: broker.brokers.join(','), ...kind, rate, seconds: long, warmUp: 10, partitions: 3 })
      const name = `${kind.to} ${kind.range}`
      all.set(name, [...(all.get(name) ?? []), found])
    }
  }
} finally {
  await broker.stop()
}

const middle = (runs: readonly Latency[], of: (run: Latency) => number) => median(runs.map(of))
const results = [...all.values()].map((runs) => {
  const [first] = runs as [Latency]
  return {
    to: first.to,
    range_ms: first.range,
    p50_ms: middle(runs, (r) => r.p50),
    p99_ms: middle(runs, (r) => r.p99),
    max_ms: Math.max(...runs.map((r) => r.max)),
    memory_mb: Math.round(middle(runs, (r) => r.memory) / 1e6),
    cores: Number(middle(runs, (r) => r.cpu).toFixed(2)),
    rows: middle(runs, (r) => r.rows),
    runs: runs.length,
  }
})
const about = { what: circumstances(), rate, partitions: 3, load_at_start: Number(load.toFixed(2)) }
printResult(about, results, values.json)
if (values.record) {
  saveResult('latency', { ...about, results })
  put('latency', [
    `${about.what}; ${rate.toLocaleString('en')} tickets a second over 3 partitions; load of the machine at the start ${about.load_at_start}.`,
    'From the making of a ticket to the moment at which a watcher sees the committed file that holds it, or the callback gets an updated window with it:',
    '',
    ...markdownTable(
      ['to', 'a range, ms', 'p50, ms', 'p99, ms', 'max, ms', 'peak memory, MB', 'cores used'],
      results.map((r) => [
        r.to === 'files' ? 'Parquet files' : "callback, `emit: 'updates'`",
        r.range_ms,
        r.p50_ms,
        r.p99_ms,
        r.max_ms,
        r.memory_mb,
        r.cores,
      ]),
    ),
  ])
}
