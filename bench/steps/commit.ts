/** What a commit costs, on the disk that holds the temporary folder: `node bench/steps/commit.ts [--repeats 5] [--json]`, on the built packages. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assignTeam, count, generator, highPriority, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import { printSteps, stepOptions, timeSteps } from './steps.ts'

const RANGES = 30
const ROWS = 100
const options = stepOptions({ tickets: RANGES * ROWS, repeats: 5 })

const home = await mkdtemp(join(tmpdir(), 'tickets-steps-'))
let places = 0

async function records(): Promise<number> {
  const log = commitLog(join(home, String(++places)))
  await log.begin({ name: 'steps', logId: 'aaaa0000', topics: [], partitions: [], fingerprint: null, remove: {} })
  for (let n = 0; n < RANGES; n++) await log.append('tickets-0', { n, attempt: 'a', files: {}, body: null })
  return RANGES
}

/** Ranges of 100 tickets each, whose rows cost little beside the commit. */
async function ranges(outputs: 1 | 4): Promise<number> {
  const at = join(home, String(++places))
  const minute = tumbling({ size: '1 minute' })
  const { rows } = await pipeline({
    name: 'steps',
    source: generator({ tickets: RANGES * ROWS, partitions: 1 }),
    log: commitLog(`${at}-log`),
    range: { rows: ROWS },
    maxOutOfOrderness: '5 seconds',
    flows: (tickets) => ({
      tickets: tickets.pipe(assignTeam(), into(parquetSink(`${at}/tickets`))),
      ...(outputs === 4 && {
        high: tickets.pipe(highPriority(), into(parquetSink(`${at}/high`))),
        types: tickets.pipe(windowed(minute, { by: 'request_type', aggregate: { n: count() } }), into(parquetSink(`${at}/types`))),
        priorities: tickets.pipe(windowed(minute, { by: 'priority', aggregate: { n: count() } }), into(parquetSink(`${at}/priorities`))),
      }),
    }),
  }).run({ handleSignals: false })
  return rows / ROWS
}

try {
  const costs = await timeSteps(
    {
      'a record of the log': records,
      'a range of 100 tickets, one output': () => ranges(1),
      'a range of 100 tickets, four outputs': () => ranges(4),
    },
    options,
  )
  printSteps('a commit', options, costs)
} finally {
  await rm(home, { recursive: true, force: true })
}
