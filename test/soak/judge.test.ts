import { expect, test } from 'vitest'
import { type Judged, judge, type Sample, slope, wideBounds } from './judge.ts'

const MIB = 2 ** 20
/** Ten minutes, a look every five seconds. */
const TIMES = Array.from({ length: 121 }, (_, i) => i * 5)
const still = {
  rss: 300 * MIB,
  heap: 80 * MIB,
  external: 40 * MIB,
  handles: 40,
  loopDelay: 20,
  backlog: 500,
  logBytes: 5 * MIB,
  logFiles: 90,
  dataFiles: 150,
}

/** Noise that is the same each time, from -1 to 1. */
const noise = (i: number) => Math.sin(i * 12.9898) * Math.cos(i * 78.233)
const curve = (change: (at: number, i: number) => Partial<Sample> = () => ({})): Sample[] =>
  TIMES.map((at, i) => ({
    at,
    ...still,
    hiddenFiles: 20,
    rss: still.rss * (1 + 0.1 * noise(i)),
    heap: still.heap * (1 + 0.4 * noise(i)),
    ...change(at, i),
  }))
const growing = (samples: readonly Sample[]): Judged[] => judge(samples, 0.4).flatMap(({ what, isFlat }) => (isFlat ? [] : [what]))

test('noise, a saw and a peak are flat', () => {
  expect(growing(curve())).toEqual([])
  expect(growing(curve((_, i) => ({ dataFiles: 100 + 20 * (i % 12), logFiles: 60 + (i % 16) * 6 })))).toEqual([])
  expect(growing(curve((at) => ({ backlog: at > 400 && at < 460 ? 20_000 : 500, handles: at > 500 && at < 520 ? 90 : 40 })))).toEqual([])
})

test('what fills before the judged time is flat', () => {
  expect(growing(curve((at) => ({ rss: Math.min(at, 200) * MIB, logBytes: Math.min(at, 200) * 1000 })))).toEqual([])
})

test.each<[Judged, number]>([
  ['rss', 0.2 * MIB],
  ['heap', 0.06 * MIB],
  ['external', 0.05 * MIB],
  ['handles', 0.02],
  ['loopDelay', 0.1],
  ['backlog', 5],
  ['logBytes', 0.01 * MIB],
  ['logFiles', 0.3],
  ['dataFiles', 0.2],
  ['hiddenFiles', 0.1],
])('%s that grows by %d a second is found, and nothing else', (what, each) => {
  expect(
    growing(curve((at, i) => ({ [what]: (what === 'hiddenFiles' ? 20 : still[what as keyof typeof still]) + at * each + 3 * each * noise(i) }))),
  ).toEqual([what])
})

test('what becomes less is flat, and too few samples are not', () => {
  expect(growing(curve((at) => ({ handles: 100 - at / 10 })))).toEqual([])
  expect(judge(curve().slice(0, 20), 0, wideBounds).some(({ isFlat }) => isFlat)).toBe(false)
})

test('slope is that of the line, whatever a quarter of the points do', () => {
  expect(slope(TIMES.map((at, i) => [at, i % 5 === 0 ? 1e9 * noise(i) : 3 * at + 7]))).toBeCloseTo(3)
  expect(slope([])).toBe(0)
})
