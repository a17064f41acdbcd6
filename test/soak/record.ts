import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { lineChart } from '../../bench/charts.ts'
import { markdownTable, put } from '../../bench/docs.ts'
import { loadResult, saveResult } from '../../bench/results.ts'
import { type Circumstances, measured } from '../../bench/runner/machine.ts'
import type { Judged, Sample } from './judge.ts'
import { judge } from './judge.ts'
import type { SoakResult } from './run.ts'

/** A result that is kept; `columns` has the numbers of each look. */
interface Kept extends Omit<SoakResult, 'samples'> {
  readonly circumstances: Circumstances
  readonly judgeFrom: number
  readonly columns: Readonly<Record<keyof Sample, readonly number[]>>
}

/** Keeps a result as bench/results/soak.json. */
export function keep({ samples, ...found }: SoakResult, judgeFrom: number, circumstances: Circumstances): void {
  const names = Object.keys(samples[0] ?? {}) as (keyof Sample)[]
  const columns = Object.fromEntries(names.map((name) => [name, samples.map((sample) => sample[name])]))
  saveResult('soak', { circumstances, judgeFrom, ...found, columns })
}

const MIB = 2 ** 20
const mib = (bytes: number) => (bytes / MIB).toFixed(1)
const whole = (n: number) => Math.round(n).toLocaleString('en')

/** How each figure is called and written. */
const rows: Readonly<Record<Judged, readonly [name: string, text: (n: number) => string]>> = {
  rss: ['memory of the process (RSS), MiB', mib],
  heap: ['V8 heap, MiB', mib],
  external: ['buffers outside of the heap, MiB', mib],
  handles: ['open file handles', whole],
  loopDelay: ['event loop delay, 99th percentile, ms', whole],
  backlog: ['messages not committed yet', whole],
  logBytes: ['commit log, MiB', mib],
  logFiles: ['files of the commit log', whole],
  dataFiles: ['data files', whole],
  hiddenFiles: ['staged files and records of compactions', whole],
}

/** Writes docs/operations/soak.md and its pictures from the result that is kept. */
export function writePage(): void {
  const kept = loadResult<Kept>('soak')
  if (!kept) throw new Error('bench/results/soak.json is not there: run with --record')
  const { circumstances, judgeFrom, columns, seconds, rate, produced, verdict, mishaps } = kept
  const samples = columns.at.map(
    (_, i) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]])) as unknown as Sample,
  )
  const judged = judge(samples, judgeFrom)
  const times = Object.entries(Object.groupBy(mishaps, ({ what }) => what)).map(([what, all]) => `${what} ${all?.length}`)
  const minutes = Math.round(seconds / 60)
  const judgedMinutes = Math.round(minutes * (1 - judgeFrom))
  put(
    'soak',
    [
      `${measured(circumstances)}. Other programs ran on the machine at the same time. ${minutes} minutes, ${whole(rate)} messages a second, ${whole(produced)} messages. ${times.join(', ')}.`,
      '',
      ...markdownTable(
        ['rows compared', 'lost', 'duplicated', 'wrong windows', 'left behind'],
        [[whole(verdict.rows), verdict.lost, verdict.duplicated, verdict.wrong_windows, verdict.left_behind]],
      ),
      '',
      `Growth over the last ${judgedMinutes} minutes:`,
      '',
      ...markdownTable(
        ['what', 'median', 'highest', 'growth', 'allowed', 'flat'],
        judged.map(({ what, median, max, growth, bound, isFlat }) => {
          const [name, text] = rows[what]
          return [name, ...[median, max, growth, bound].map(text), isFlat ? 'yes' : '**no**']
        }),
      ),
    ],
    'operations/soak.md',
  )
  const restarts = mishaps.filter(({ what }) => what === 'broker killed and restarted').map(({ at }) => at / 60)
  const line = (name: string, what: keyof Sample, by = 1) => ({ name, points: samples.map((sample) => [sample.at / 60, sample[what] / by] as const) })
  const picture = (name: string, title: string, unit: string, lines: readonly ReturnType<typeof line>[]) =>
    writeFileSync(
      fileURLToPath(new URL(`../../docs/pictures/soak-${name}.svg`, import.meta.url)),
      lineChart({ title, unit, along: 'minutes', lines, marks: restarts }),
    )
  picture('memory', 'Memory', 'MiB', [line('RSS', 'rss', MIB), line('V8 heap', 'heap', MIB), line('buffers', 'external', MIB)])
  picture('files', 'Files and handles', 'number of', [
    line('data files', 'dataFiles'),
    line('log files', 'logFiles'),
    line('staged', 'hiddenFiles'),
    line('open handles', 'handles'),
  ])
  picture('log', 'Commit log', 'MiB', [line('bytes', 'logBytes', MIB)])
  picture('backlog', 'Messages that are not committed yet', 'messages', [line('backlog', 'backlog')])
}
