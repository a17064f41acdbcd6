/** What stands where there is no number. */
export const NONE = '–'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** Returns a count with thousands apart, `12,345`. */
export const count = (value: number | null | undefined): string => (value === null || value === undefined ? NONE : whole.format(value))

/** Returns a number of things, `1 row` or `12,345 rows`. */
export const things = (value: number, one: string, many = `${one}s`): string => `${whole.format(value)} ${value === 1 ? one : many}`

/** Returns a rate, `412/s`; below 10 with one digit behind the point. */
export const rate = (value: number | null): string => (value === null ? NONE : `${(value < 10 ? tenths : whole).format(value)}/s`)

/** Returns a share of all, `0.4 %`; empty where there is nothing to share. */
export const share = (part: number, all: number): string => (all > 0 ? `${tenths.format((part * 100) / all)} %` : '')

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Returns bytes in a unit that leaves at most three digits before the point, `3.4 MB`. */
export function bytes(value: number): string {
  const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3))
  const scaled = value / 1000 ** power
  return `${(scaled < 10 && power > 0 ? tenths : whole).format(scaled)} ${UNITS[power]}`
}

/** Returns a length of time in its largest unit, `40 s`, `3 min`, `250 ms`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10_000) return `${tenths.format(ms / 1000)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} days`
}

/** Returns how long ago a moment was, in whole seconds. */
export const ago = (at: number | null, now: number): string => (at === null ? NONE : now - at < 1000 ? 'now' : `${span(whole1(now - at))} ago`)

const whole1 = (ms: number) => (ms < 10_000 ? Math.floor(ms / 1000) * 1000 : ms)

/** Returns a time of day in UTC, with the date where it is not that of `now`. */
export function clock(at: number | null, now: number): string {
  if (at === null) return NONE
  const text = isoOf(at)
  return text.slice(0, 10) === isoOf(now).slice(0, 10) ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`
}

/** Returns the bounds of a window in UTC, without seconds where they are all zero. */
export function bounds(start: number, end: number, now: number): string {
  const [from, to] = [clock(start, now), clock(end, now)]
  const isMinutes = start % 60_000 === 0 && end % 60_000 === 0
  const short = (text: string) => (isMinutes ? text.replace(/:00$/, '') : text)
  // The date stands once where both have the same.
  const rest = from.length > 8 && from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to
  return `${short(from)}–${short(rest)}`
}

/** The times that a Date can hold, in milliseconds from 1970. */
const LAST = 8.64e15

const isoOf = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms))).toISOString()
