/**
 * Measures how long results stand still after a process is killed, and after the broker is: from SIGKILL until each partition has a visible commit
 * again. `pnpm recovery [--repeats 5] [--json] [--record]`; `--record` writes the figures into docs/operations/reference-architecture.md.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { markdownTable, put } from '../../bench/docs.ts'
import { type Visible, watchFiles } from '../../bench/latency/visible.ts'
import { circumstances, measured } from '../../bench/runner/machine.ts'
import { printResult } from '../../bench/shared/print.ts'
import { median } from '../../bench/shared/statistics.ts'
import { PARTITIONS, SESSION_TIMEOUT_S } from './config.ts'
import type { Member } from './member-process.ts'
import { type Setting, withSetting } from './setting.ts'

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
})
const RATE = 200
const RANGE_MS = 1_000
/** Results that stand still for longer are a failure. */
const LONGEST_MS = 120_000
/** Before each measurement. */
const QUIET_MS = 3_000

/** Waits until each partition has a file that became visible after an instant. Returns when the last of them did. */
async function visibleAgain({ since }: Visible, topic: string, after: number): Promise<number> {
  for (const deadline = Date.now() + LONGEST_MS; Date.now() < deadline; await sleep(20)) {
    const later = [...since].filter(([, at]) => at > after)
    const firsts = Array.from({ length: PARTITIONS }, (_, partition) =>
      Math.min(...later.flatMap(([name, at]) => (name.includes(`-${topic}-${partition}-`) ? [at] : []))),
    )
    if (firsts.every(Number.isFinite)) return Math.max(...firsts)
  }
  throw new Error(`not every partition has a commit ${LONGEST_MS} ms after a fault`)
}

/** What is done to the pipeline, which has `members`, and starts another one by `start`. */
interface Fault {
  readonly members: number
  harm(setting: Setting, members: readonly Member[], start: () => Member): Promise<void>
}

const faults: Readonly<Record<string, Fault>> = {
  'a process, started again at once': {
    members: 1,
    async harm(_, [first], start) {
      first?.kill()
      start()
    },
  },
  'a process of two: the other takes over': {
    members: 2,
    async harm(_, [first]) {
      first?.kill()
    },
  },
  'the broker, started again at once': {
    members: 1,
    async harm({ broker }) {
      await broker.kill()
      await broker.restart()
    },
  },
}

async function measure(setting: Setting, name: string, { members, harm }: Fault): Promise<number> {
  const { bench, topic, start } = setting
  const home = bench.folder(name)
  const visible = await watchFiles(join(home, 'out', 'tickets_with_assignment'))
  const all: Member[] = []
  const next = () => {
    const member = start({ home, group: name })
    all.push(member)
    return member
  }
  try {
    while (all.length < members) await next().joined()
    await visibleAgain(visible, topic, Date.now())
    await sleep(QUIET_MS)
    const killed = Date.now()
    await harm(setting, all, next)
    return (await visibleAgain(visible, topic, killed)) - killed
  } finally {
    visible.stop()
    for (const member of all) member.kill()
  }
}

const about = circumstances()
const results = await withSetting(
  { range: RANGE_MS, compactEvery: 3_600_000 },
  (why) => console.error(why),
  async (setting) => {
    setting.produce({ rate: RATE, seconds: 3_600 }).catch(() => {})
    const found = []
    for (const [killed, fault] of Object.entries(faults)) {
      const seconds: number[] = []
      while (seconds.length < Number(values.repeats))
        seconds.push((await measure(setting, `recovery-${found.length}-${seconds.length}`, fault)) / 1000)
      found.push({ killed, median: Number(median(seconds).toFixed(1)), max: Number(Math.max(...seconds).toFixed(1)), runs: seconds.length })
    }
    return found
  },
)
printResult(about, results, values.json)
if (values.record) {
  put(
    'rto',
    [
      ...markdownTable(
        ['killed', 'median, s', 'max, s', 'runs'],
        results.map(({ killed, median, max, runs }) => [killed, median, max, runs]),
      ),
      '',
      `${measured(about)}. Other programs ran on the machine at the same time. From SIGKILL until each of three partitions has a visible commit again, at ${RATE} messages a second, \`range.time\` of ${RANGE_MS / 1000} second and \`sessionTimeout\` of ${SESSION_TIMEOUT_S} seconds. One broker on the same machine (\`pnpm recovery --record\`).`,
    ],
    'operations/reference-architecture.md',
  )
}
// The producer has no end.
process.exit()
