/**
 * Draws docs/pictures/*.svg: what windows make of some rows, as the real operators give it. Run it with `node scripts/draw-windows.ts`.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Window } from '../packages/core/src/index.ts'
import { count, hopping, session, sliding, Ticket, tumbling, windowed } from '../packages/core/src/index.ts'
import { Harness } from '../packages/core/src/testing.ts'

interface Picture {
  readonly name: string
  readonly title: string
  readonly window: Window
  /** Seconds, in the order in which the rows are read. */
  readonly rows: readonly number[]
}

const WIDTH = 760
const LEFT = 20
const SECONDS = 36
const x = (second: number) => LEFT + ((second + 4) * (WIDTH - 2 * LEFT)) / (SECONDS + 4)

const pictures: readonly Picture[] = [
  { name: 'tumbling', title: "tumbling({ size: '10s' })", window: tumbling({ size: '10s' }), rows: [1, 4, 9, 12, 18, 21, 29] },
  {
    name: 'hopping',
    title: "hopping({ size: '10s', advance: '5s' })",
    window: hopping({ size: '10s', advance: '5s' }),
    rows: [1, 4, 9, 12, 18, 21, 29],
  },
  { name: 'session', title: "session({ gap: '5s' })", window: session({ gap: '5s' }), rows: [1, 4, 9, 18, 21, 30] },
  { name: 'sliding', title: "sliding({ size: '6s' })", window: sliding({ size: '6s' }), rows: [3, 6, 8, 20] },
  {
    name: 'late',
    title: "tumbling({ size: '10s', grace: '3s' }), rows as they are read",
    window: tumbling({ size: '10s', grace: '3s' }),
    rows: [2, 11, 8, 14, 6, 12, 24],
  },
]

const ticket = (second: number): Ticket => ({
  ticket_id: '00000000-0000-4000-8000-000000000000',
  client_id: 'CLIENT_1000',
  created_at: new Date(second * 1000),
  request: 'x',
  request_type: 'billing',
  priority: 'low',
})

function run({ window, rows }: Picture) {
  const harness = new Harness(Ticket, windowed<Ticket, never, { n: ReturnType<typeof count> }>(window, { aggregate: { n: count() } }))
  const late = new Set<number>()
  const given = rows.map((second, i) => {
    const { emitted, late: missed } = harness.push([ticket(second)])
    if (missed.length > 0) late.add(i)
    return emitted
  })
  const windows = [...given, harness.end().emitted]
    .flat()
    .map((row) => ({ start: row.window_start.getTime() / 1000, end: row.window_end.getTime() / 1000, n: row.n }))
  return { windows, late }
}

const text = (at: number, y: number, words: string, more = '') => `<text x="${at.toFixed(1)}" y="${y}" ${more}>${words}</text>`

function draw(picture: Picture): string {
  const { windows, late } = run(picture)
  const isOrdered = picture.name !== 'late'
  const rowHeight = isOrdered ? 0 : 16
  const axis = 64 + rowHeight * picture.rows.length
  const parts: string[] = [text(LEFT, 22, picture.title, 'font-weight="bold"')]
  let watermark = Number.NEGATIVE_INFINITY
  picture.rows.forEach((second, i) => {
    const y = isOrdered ? axis - 14 : 46 + rowHeight * i
    const before = watermark
    watermark = Math.max(watermark, second)
    const isLate = late.has(i)
    if (!isOrdered && Number.isFinite(before))
      parts.push(`<line x1="${x(before)}" x2="${x(before)}" y1="${y - 7}" y2="${y + 7}" stroke="#c60" stroke-width="2"/>`)
    parts.push(`<circle cx="${x(second)}" cy="${y}" r="5" fill="${isLate ? '#fff' : '#247'}" stroke="${isLate ? '#c00' : '#247'}" stroke-width="2"/>`)
    if (!isOrdered) parts.push(text(x(second) + 9, y + 4, `${second} s${isLate ? ', late' : ''}`, `fill="${isLate ? '#c00' : '#333'}"`))
  })
  parts.push(`<line x1="${LEFT}" x2="${WIDTH - LEFT}" y1="${axis}" y2="${axis}" stroke="#333"/>`)
  for (let second = 0; second <= SECONDS; second += 5) {
    parts.push(
      `<line x1="${x(second)}" x2="${x(second)}" y1="${axis - 3}" y2="${axis + 3}" stroke="#333"/>`,
      text(x(second), axis + 17, `${second}`, 'text-anchor="middle"'),
    )
  }
  const lanes: number[] = []
  let bottom = axis + 30
  for (const { start, end, n } of windows) {
    let lane = lanes.findIndex((until) => until <= start)
    if (lane < 0) lane = lanes.push(0) - 1
    lanes[lane] = end + 0.2
    const y = axis + 30 + lane * 26
    bottom = Math.max(bottom, y + 22)
    const [from, to] = [x(start), x(Math.min(end, SECONDS))]
    parts.push(
      `<rect x="${from.toFixed(1)}" y="${y}" width="${(to - from).toFixed(1)}" height="20" rx="3" fill="#def" stroke="#247"/>`,
      text((from + to) / 2, y + 14, `${n}`, 'text-anchor="middle"'),
    )
  }
  const height = bottom + 12
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#333">\n<title>${picture.title}</title>\n<rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`
}

for (const picture of pictures) writeFileSync(fileURLToPath(new URL(`../docs/pictures/${picture.name}.svg`, import.meta.url)), draw(picture))
