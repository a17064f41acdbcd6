const DAY = 86_400_000
/** Clocks are set forward or back on the quarter of an hour nearly always: one question to Intl answers for all rows in it. */
const QUARTER = 900_000

/** Days since 1970-01-01 by UTC. */
const utcDay = (time: number): number => Math.floor(time / DAY)

function zonedDay(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', { timeZone, era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' })
  return (time) => {
    let [era, year, month, day] = [1, 0, 1, 1]
    for (const { type, value } of format.formatToParts(time)) {
      if (type === 'era') era = value.startsWith('B') ? -1 : 1
      else if (type === 'year') year = Number(value)
      else if (type === 'month') month = Number(value)
      else if (type === 'day') day = Number(value)
    }
    return new Date(0).setUTCFullYear(era < 0 ? 1 - year : year, month - 1, day) / DAY
  }
}

/** Returns a function from an instant to its day in a time zone, in days since 1970-01-01. */
export function dayIn(timeZone: string): (time: number) => number {
  if (timeZone === 'UTC') return utcDay
  const dayAt = zonedDay(timeZone)
  const known = new Map<number, number>()
  return (time) => {
    const quarter = Math.floor(time / QUARTER)
    let day = known.get(quarter)
    if (day === undefined) {
      const [first, last] = [dayAt(quarter * QUARTER), dayAt(quarter * QUARTER + QUARTER - 1)]
      // NaN: the day changes within this quarter of an hour, as it did where clocks ran by the sun.
      day = first === last ? first : Number.NaN
      if (known.size >= 10_000) known.clear()
      known.set(quarter, day)
    }
    return Number.isNaN(day) ? dayAt(time) : day
  }
}

/** Returns year, month and day of a day, which is counted from 1970-01-01. */
export function calendar(day: number): { year: number; month: number; day: number } {
  const date = new Date(day * DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** Returns a day, counted from 1970-01-01, in ISO 8601. */
export const isoDay = (day: number): string => new Date(day * DAY).toISOString().replace(/T.*/, '')
