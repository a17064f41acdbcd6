/**
 * Where the time goes in ours: `node bench/profile.ts [--rows 1000000] [--top 15] [--record]`, on the built packages. One run under `--cpu-prof`, its
 * own time summed by function, in the words of the sources.
 */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeCommand } from './peers/commands.ts'
import { saveResult } from './results.ts'
import { ticketsFile } from './runner/input.ts'
import { circumstances, inWords } from './runner/machine.ts'
import { runOne } from './runner/run-one.ts'
import { Places } from './runner/source-places.ts'
import { printTable } from './shared/print.ts'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number; readonly columnNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** The part of a thread's busy time that one place has, in percent. */
export interface Hot {
  readonly place: string
  readonly percent: number
}

/** One thread: milliseconds busy, idle, and where. */
export interface Thread {
  readonly thread: string
  readonly busy: number
  readonly idle: number
  /** By the folder of the source, such as 'schema/fast-decoder', or the dependency. */
  readonly areas: readonly Hot[]
  /** By function. */
  readonly hot: readonly Hot[]
}

/** What bench/results/profile.json holds. */
export interface ProfileResult {
  readonly circumstances: ReturnType<typeof circumstances>
  readonly rows: number
  readonly threads: readonly Thread[]
}

async function threadOf(path: string, places: Places, top: number): Promise<Thread> {
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(path, 'utf8')) as Profile
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const own = new Map<string, number>()
  let all = 0
  samples.forEach((id, i) => {
    const frame = frames.get(id)
    const place = frame ? places.of(frame) : '(unknown)'
    const ms = (timeDeltas[i] ?? 0) / 1000
    own.set(place, (own.get(place) ?? 0) + ms)
    all += ms
  })
  const idle = own.get('(idle)') ?? 0
  own.delete('(idle)')
  const busy = all - idle
  const most = (times: ReadonlyMap<string, number>): Hot[] =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, top)
      .map(([place, ms]) => ({ place, percent: Number(((100 * ms) / busy).toFixed(1)) }))
  const areas = new Map<string, number>()
  for (const [place, ms] of own) areas.set(areaOf(place), (areas.get(areaOf(place)) ?? 0) + ms)
  // The first thread of a process has the name …<pid>.0.….
  const thread = /\.0\.\d+\.cpuprofile$/.test(path) ? 'main' : 'worker'
  return { thread, busy: Math.round(busy), idle: Math.round(idle), areas: most(areas), hot: most(own) }
}

/** 'schema/fast-decoder' of 'read schema/fast-decoder/text.ts'; what has no file stays as it is, and Node's own code is one area. */
function areaOf(place: string): string {
  const file = place.split(' ').at(-1) ?? place
  if (place.startsWith('(garbage') || place.startsWith('WebAssembly')) return place
  if (file.startsWith('node:') || !place.includes(' ') || place === '(program)') return 'Node itself'
  return file.includes('/') && file.endsWith('.ts') ? file.slice(0, file.lastIndexOf('/')) : file
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    top: { type: 'string', default: '15' },
    record: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)
const before = circumstances()
const home = await mkdtemp(join(tmpdir(), 'tickets-profile-'))
try {
  const [out, scratch, profiles] = ['out', 'scratch', 'profiles'].map((name) => join(home, name)) as [string, string, string]
  for (const folder of [out, scratch, profiles]) await mkdir(folder)
  const { path } = await ticketsFile({ rows })
  const { command, args } = nodeCommand('./ours.job.ts', { input: path, out, scratch, rows, id: 'profile' })
  await runOne({ command, args: ['--cpu-prof', `--cpu-prof-dir=${profiles}`, ...args], grace: 60_000 }, { timeout: 600_000 })
  const names = (await readdir(profiles)).sort()
  const places = new Places()
  const threads = await Promise.all(names.map((name) => threadOf(join(profiles, name), places, Number(values.top))))
  console.log(inWords(before))
  for (const { thread, busy, idle, areas, hot } of threads) {
    console.log(`\n${thread}: busy ${busy} ms, idle ${idle} ms; of the busy time, with start-up`)
    for (const list of [areas, hot]) printTable(list.map(({ place, percent }) => ({ place, percent })))
  }
  if (values.record) saveResult('profile', { circumstances: before, rows, threads } satisfies ProfileResult)
} finally {
  await rm(home, { recursive: true, force: true })
}
