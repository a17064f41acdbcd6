/**
 * What commits cost: the five outputs with ranges of 1 second, of 10 seconds and by size only, side by side.
 * `node bench/ranges.ts [--tickets 3000000] [--repeats 3] [--memory 4096] [--json] [--record]`, on the built packages. Memory, in MiB, must be
 * so large that it does not end the ranges before their time: the count of ranges shows it.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import '../test/crash/packages.ts'
import { circumstances, record } from '../test/crash/report.ts'

const { GENERATOR_DISORDER, generator, pipeline } = await import('@tickets/core')
const { commitLog } = await import('@tickets/core/node')
const { fiveOutputs } = await import('../examples/shared/five-outputs.ts')

const { values } = parseArgs({
  options: {
    tickets: { type: 'string', default: '3000000' },
    memory: { type: 'string', default: '4096' },
    repeats: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
})
const tickets = Number(values.tickets)

const kinds = {
  'every second': { time: '1 second' },
  'every 10 seconds': { time: '10 seconds' },
  'by size only': { time: '1 hour', rows: 1_000_000 },
} as const

async function measure(range: (typeof kinds)[keyof typeof kinds]) {
  const home = await mkdtemp(join(tmpdir(), 'tickets-ranges-'))
  try {
    const began = performance.now()
    await pipeline({
      name: 'ranges',
      source: generator({ tickets, seed: 1 }),
      log: commitLog(join(home, 'log')),
      maxOutOfOrderness: GENERATOR_DISORDER,
      range,
      memory: Number(values.memory) * 2 ** 20,
      flows: fiveOutputs(join(home, 'out'), 'parquet'),
    }).run({ handleSignals: false })
    const seconds = (performance.now() - began) / 1000
    const names = await readdir(home, { recursive: true })
    const files = names.filter((name) => name.endsWith('.parquet')).length
    // The files of one flow without windows: one for each range of each partition.
    const ranges = names.filter((name) => /tickets_with_assignment\/part-/.test(name)).length
    return { seconds, rate: tickets / seconds, files, ranges }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const results = new Map<string, Awaited<ReturnType<typeof measure>>[]>()
// In turns, so that a change of the machine's mood meets them all; the first turn warms up.
for (let turn = 0; turn <= Number(values.repeats); turn++) {
  for (const [name, range] of Object.entries(kinds)) {
    const result = await measure(range)
    if (turn > 0) results.set(name, [...(results.get(name) ?? []), result])
  }
}

const rows = [...results].map(([range, all]) => {
  const sorted = [...all].sort((a, b) => a.rate - b.rate)
  const median = sorted[sorted.length >> 1]
  return {
    range,
    rate: Math.round(median?.rate ?? 0),
    lowest: Math.round(sorted[0]?.rate ?? 0),
    highest: Math.round(sorted.at(-1)?.rate ?? 0),
    files: median?.files ?? 0,
    ranges: median?.ranges ?? 0,
    seconds: median?.seconds ?? 0,
  }
})
const most = Math.max(...rows.map(({ rate }) => rate))
console.log(values.json ? JSON.stringify({ tickets, rows }) : rows)
if (values.record) {
  record('ranges', [
    `${circumstances()}; ${tickets.toLocaleString('en')} tickets, ${values.memory} MiB of memory, the middle one of ${values.repeats} runs in turns (lowest to highest):`,
    '',
    '| a range ends | tickets a second | of the fastest | seconds | ranges, over 3 partitions | Parquet files |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(
      (r) =>
        `| ${r.range} | ${r.rate.toLocaleString('en')} (${r.lowest.toLocaleString('en')} to ${r.highest.toLocaleString('en')}) | ${Math.round((100 * r.rate) / most)} % | ${r.seconds.toFixed(1)} | ${r.ranges} | ${r.files} |`,
    ),
  ])
}
