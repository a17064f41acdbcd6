import { median } from '../../bench/shared/statistics.ts'

/** One look at the pipeline. */
export interface Sample {
  /** Seconds since the first. */
  readonly at: number
  readonly rss: number
  readonly heap: number
  readonly external: number
  readonly handles: number
  readonly loopDelay: number
  /** Messages that the group has not committed yet. */
  readonly backlog: number
  readonly logBytes: number
  readonly logFiles: number
  readonly dataFiles: number
  readonly hiddenFiles: number
}

/** How much more than at the beginning of the judged time something may be at its end: the larger of a share of its median and a number. */
export interface Bound {
  readonly share: number
  readonly least: number
}

const MIB = 2 ** 20

/** What is judged, with its bounds over a long time. */
export const bounds = {
  rss: { share: 0.1, least: 16 * MIB },
  // What lies between two collections comes and goes.
  heap: { share: 0.15, least: 16 * MIB },
  external: { share: 0.15, least: 8 * MIB },
  handles: { share: 0.05, least: 3 },
  loopDelay: { share: 0.5, least: 20 },
  backlog: { share: 0.5, least: 500 },
  logBytes: { share: 0.2, least: MIB / 4 },
  // 16 records of each of four tasks are pruned at once.
  logFiles: { share: 0.2, least: 64 },
  dataFiles: { share: 0.2, least: 8 },
  hiddenFiles: { share: 0.2, least: 8 },
} as const satisfies Partial<Record<keyof Sample, Bound>>

export type Judged = keyof typeof bounds

/** A minute is full of one-time costs: memory that V8 takes as it comes, state that fills until `keepFor`. A leak has to stand out of them. */
export const wideBounds: Readonly<Record<Judged, Bound>> = {
  rss: { share: 0, least: 128 * MIB },
  heap: { share: 0, least: 64 * MIB },
  external: { share: 0, least: 64 * MIB },
  handles: { share: 0, least: 40 },
  loopDelay: { share: 0, least: 500 },
  backlog: { share: 0, least: 20_000 },
  logBytes: { share: 0, least: 4 * MIB },
  logFiles: { share: 0, least: 400 },
  dataFiles: { share: 0, least: 400 },
  hiddenFiles: { share: 0, least: 100 },
}

export interface Judgement {
  readonly what: Judged
  readonly median: number
  readonly max: number
  /** By how much it grew over the judged time, on the line through the samples. */
  readonly growth: number
  readonly bound: number
  readonly isFlat: boolean
}

/** Returns the slope of the line through points, by Theil and Sen: the median of the slopes of all pairs, which a quarter of wild points does not move. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes: number[] = []
  for (const [i, [x, y]] of points.entries()) for (const [x2, y2] of points.slice(i + 1)) if (x2 !== x) slopes.push((y2 - y) / (x2 - x))
  return slopes.length === 0 ? 0 : median(slopes)
}

/** So many parts of the judged time give a point each: what goes up and down within a part is no growth. */
const PARTS = 12
/** A part with fewer samples shows nothing. */
const SAMPLES_IN_PART = 2

/** Judges whether figures are flat over the time that begins at `from`, a share of the whole. What is before fills caches and state. */
export function judge(samples: readonly Sample[], from: number, allowed: Readonly<Record<Judged, Bound>> = bounds): readonly Judgement[] {
  const judged = samples.slice(Math.floor(samples.length * from))
  const span = (judged.at(-1)?.at ?? 0) - (judged[0]?.at ?? 0)
  const parts = Array.from({ length: PARTS }, (_, i) => judged.slice((i * judged.length) / PARTS, ((i + 1) * judged.length) / PARTS))
  const isEnough = parts.every((part) => part.length >= SAMPLES_IN_PART)
  return (Object.keys(bounds) as Judged[]).map((what) => {
    const middleOf = (part: readonly Sample[], of: keyof Sample) => median(part.map((sample) => sample[of]))
    const middle = middleOf(judged, what)
    const bound = Math.max(allowed[what].share * middle, allowed[what].least)
    const growth = slope(parts.map((part) => [middleOf(part, 'at'), middleOf(part, what)])) * span
    return { what, median: middle, max: Math.max(...judged.map((sample) => sample[what])), growth, bound, isFlat: isEnough && growth <= bound }
  })
}
