/**
 * What windows are, in the plainest code that can be right: all rows are kept, and windows are computed from scratch. It shares nothing
 * with the engine, and is there to be compared with it.
 */
export type ModelWindow =
  | { readonly kind: 'aligned'; readonly size: number; readonly advance: number; readonly grace: number; readonly offset: number }
  | { readonly kind: 'global' }
  | { readonly kind: 'session'; readonly gap: number; readonly grace: number }
  | { readonly kind: 'sliding'; readonly size: number; readonly grace: number }

export interface ModelRow {
  readonly time: number
  readonly key: string
  readonly value: number
}

/** One window of one key as it is shown. */
export interface ModelResult {
  readonly start: number
  readonly end: number
  readonly key: string
  readonly count: number
  readonly total: number
  readonly revision: number
  readonly final: boolean
}

/** A committed range of a task: its rows, each with the watermark before it, and where the task stands after. */
export interface ModelRecord {
  readonly task: number
  readonly kind: 'range' | 'idle' | 'end'
  readonly watermark: number
  readonly rows: readonly (ModelRow & { readonly before: number })[]
}

type Seen = ModelRecord['rows'][number]
interface Found {
  readonly start: number
  readonly end: number
  readonly key: string
  readonly closeTime: number
  readonly rows: readonly Seen[]
}

const EVER = { start: Date.parse('0001-01-01T00:00:00.000Z'), end: Date.parse('9999-12-31T23:59:59.999Z') }

/** The windows that a time lies in, found by trying all that are near. */
function windowsOf(window: ModelWindow, t: number): { start: number; end: number; closeTime: number }[] {
  if (window.kind === 'global') return [{ ...EVER, closeTime: Number.POSITIVE_INFINITY }]
  if (window.kind !== 'aligned') return []
  const { size, advance, grace, offset } = window
  const found: { start: number; end: number; closeTime: number }[] = []
  const nearest = Math.floor(t / advance) * advance + offset
  for (let start = nearest - size - 2 * advance; start <= nearest + 2 * advance; start += advance) {
    const from = start - (start - offset - Math.floor((start - offset) / advance) * advance)
    if (from <= t && t < from + size && !found.some((w) => w.start === from))
      found.push({ start: from, end: from + size, closeTime: from + size + grace })
  }
  return found.sort((a, b) => a.start - b.start)
}

/** The windows of one task's rows that are known from the time alone. */
function alignedWindows(window: ModelWindow, rows: readonly Seen[]): Found[] {
  const found = new Map<string, Found & { rows: Seen[] }>()
  for (const row of rows) {
    for (const { start, end, closeTime } of windowsOf(window, row.time)) {
      if (closeTime <= row.before) continue
      const name = `${start}/${row.key}`
      const at = found.get(name) ?? { start, end, key: row.key, closeTime, rows: [] }
      at.rows.push(row)
      found.set(name, at)
    }
  }
  return [...found.values()]
}

/** The sessions of one key, all of them, each closed from `closeTime + 1` on; and the rows that were late. */
function sessionsOf(gap: number, grace: number, rows: readonly Seen[]): { sessions: Seen[][]; late: Seen[] } {
  const frozen: Seen[][] = []
  const late: Seen[] = []
  let open: Seen[] = []
  const clusters = (of: readonly Seen[]) => {
    const groups: Seen[][] = []
    for (const row of [...of].sort((a, b) => a.time - b.time)) {
      const group = groups.at(-1)
      if (group && row.time - Math.max(...group.map(({ time }) => time)) <= gap) group.push(row)
      else groups.push([row])
    }
    return groups
  }
  const isClosed = (group: readonly Seen[], watermark: number) => watermark > Math.max(...group.map(({ time }) => time)) + gap + grace
  for (const row of rows) {
    for (const group of clusters(open)) {
      if (!isClosed(group, row.before)) continue
      frozen.push(group)
      open = open.filter((other) => !group.includes(other))
    }
    const mine = clusters([...open, row]).find((group) => group.includes(row)) as Seen[]
    if (isClosed(mine, row.before)) late.push(row)
    else open.push(row)
  }
  return { sessions: [...frozen, ...clusters(open)], late }
}

/** Sliding windows of one key: a row whose own window is closed is in none and opens none, all others are in every window around them. */
function slidingOf(size: number, grace: number, rows: readonly Seen[]): { start: number; rows: Seen[] }[] {
  const counted = rows.filter((row) => row.before <= row.time + grace)
  const starts = new Set(counted.flatMap(({ time }) => [time - size, time + 1]))
  return [...starts]
    .map((start) => ({ start, rows: counted.filter(({ time }) => start <= time && time <= start + size) }))
    .filter((window) => window.rows.length > 0)
}

const group = (rows: readonly Seen[]) => {
  const keys = [...new Set(rows.map(({ key }) => key))]
  return keys.map((key) => [key, rows.filter((row) => row.key === key)] as const)
}

/** The windows of one task's rows whose bounds depend on the rows. */
function localWindows(window: ModelWindow, rows: readonly Seen[]): Found[] {
  return group(rows).flatMap(([key, of]): Found[] => {
    if (window.kind === 'session') {
      return sessionsOf(window.gap, window.grace, of).sessions.map((session) => {
        const times = session.map(({ time }) => time)
        const end = Math.max(...times) + window.gap
        return { start: Math.min(...times), end, key, closeTime: end + window.grace + 1, rows: session }
      })
    }
    if (window.kind === 'sliding') {
      const { size, grace } = window
      return slidingOf(size, grace, of).map(({ start, rows: inside }) => ({
        start,
        end: start + size,
        key,
        closeTime: start + size + grace + 1,
        rows: inside,
      }))
    }
    return []
  })
}

/** Returns the rows of all records that came too late for a window. */
export function lateRowsOf(window: ModelWindow, records: readonly ModelRecord[]): ModelRow[] {
  const tasks = [...new Set(records.map(({ task }) => task))]
  return tasks.flatMap((task) => {
    const rows = records.filter((record) => record.task === task).flatMap((record) => record.rows)
    if (window.kind === 'session') return group(rows).flatMap(([, of]) => sessionsOf(window.gap, window.grace, of).late)
    if (window.kind === 'sliding') return rows.filter((row) => row.before > row.time + window.grace)
    return rows.filter((row) => windowsOf(window, row.time).some(({ closeTime }) => closeTime <= row.before))
  })
}

const resultOf = ({ start, end, key }: Omit<Found, 'closeTime' | 'rows'>, rows: readonly Seen[], revision: number, final: boolean): ModelResult => ({
  start,
  end,
  key,
  count: rows.length,
  total: rows.reduce((sum, { value }) => sum + value, 0),
  revision,
  final: final,
})

/** Returns everything that is emitted after these records, in order. */
export function shownBy(
  window: ModelWindow,
  emit: 'final' | 'updates',
  tasks: number,
  keepFor: number,
  records: readonly ModelRecord[],
): ModelResult[] {
  const isLocal = window.kind === 'session' || window.kind === 'sliding'
  return isLocal ? shownByTasks(window, records) : shownByMerge(window, emit, tasks, keepFor, records)
}

function shownByTasks(window: ModelWindow, records: readonly ModelRecord[]): ModelResult[] {
  return records.flatMap((record, n) => {
    const mine = (upTo: number) => records.slice(0, upTo).filter(({ task }) => task === record.task)
    const closedBy = (upTo: number) => {
      const of = mine(upTo)
      const watermark = of.at(-1)?.kind === 'end' ? Number.POSITIVE_INFINITY : (of.at(-1)?.watermark ?? Number.NEGATIVE_INFINITY)
      return localWindows(
        window,
        of.flatMap(({ rows }) => rows),
      ).filter(({ closeTime }) => closeTime <= watermark)
    }
    const before = new Set(closedBy(n).map(({ start, end, key }) => `${start}/${end}/${key}`))
    return closedBy(n + 1)
      .filter(({ start, end, key }) => !before.has(`${start}/${end}/${key}`))
      .sort((a, b) => a.end - b.end || a.start - b.start || (a.key < b.key ? -1 : 1))
      .map((found) => resultOf(found, found.rows, 0, true))
  })
}

interface Known {
  readonly found: Omit<Found, 'rows'>
  readonly parts: Map<number, readonly Seen[]>
  shown: string | null
  revision: number
  over: boolean
}

function shownByMerge(window: ModelWindow, emit: string, tasks: number, keepFor: number, records: readonly ModelRecord[]): ModelResult[] {
  const all = new Map<string, Known>()
  const results: ModelResult[] = []
  let clock = Number.NEGATIVE_INFINITY
  records.forEach((record, n) => {
    const so = records.slice(0, n + 1)
    const of = (task: number) => so.filter((other) => other.task === task)
    const own = of(record.task).flatMap(({ rows }) => rows)
    for (const found of alignedWindows(window, own)) {
      const isClosed = record.kind === 'end' || found.closeTime <= record.watermark
      if (!isClosed && record.kind !== 'idle' && emit === 'final') continue
      const name = `${found.start}/${found.key}`
      if (!all.has(name) && clock >= found.closeTime + keepFor) continue
      const known = all.get(name) ?? { found, parts: new Map(), shown: null, revision: -1, over: false }
      if (!known.over) known.parts.set(record.task, found.rows)
      all.set(name, known)
    }
    const last = Array.from({ length: tasks }, (_, task) => of(task).at(-1))
    const waited = last
      .filter((other) => other?.kind !== 'idle' && other?.kind !== 'end')
      .map((other) => other?.watermark ?? Number.NEGATIVE_INFINITY)
    const min = Math.min(Number.POSITIVE_INFINITY, ...waited)
    if (Number.isFinite(min)) clock = Math.max(clock, min)
    const closedByAll = Math.min(
      ...last.map((other) => (other?.kind === 'end' ? Number.POSITIVE_INFINITY : (other?.watermark ?? Number.NEGATIVE_INFINITY))),
    )
    const frontier = Math.max(closedByAll, clock - keepFor)
    const order = [...all.values()].sort((a, b) => a.found.closeTime - b.found.closeTime || (a.found.key < b.found.key ? -1 : 1))
    for (const known of order) {
      const { found, parts } = known
      const final = found.closeTime <= frontier
      if (known.over || (emit === 'final' && found.closeTime > min)) continue
      const now = JSON.stringify([...parts].map(([task, rows]) => [task, rows.length]).sort())
      if (now !== known.shown || (emit === 'updates' && final)) {
        const rows = [...parts.values()].flat()
        results.push(resultOf(found, rows, ++known.revision, final))
        known.shown = now
      }
      known.over = final
    }
  })
  return results
}
