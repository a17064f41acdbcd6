import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** One bar: a value with its spread. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  /** Drawn in the colour of what is ours. */
  readonly ours: boolean
  /** What stands beside it; the value by default. */
  readonly text: string
}

export interface BarChart {
  readonly title: string
  /** Under the axis: 'tickets a second'. */
  readonly unit: string
  readonly bars: readonly Bar[]
}

const WIDTH = 820
const ROW = 34
const LABEL = 7.2

/** Mid tones, which stand out on white and on black; text and ground follow the reader's scheme. */
const OURS = '#2f81f7'
const OTHERS = '#8b949e'
const style = `<style>
svg { color: #1f2328; }
.ground { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
svg { color: #e6edf3; }
.ground { fill: #0d1117; }
}
</style>
<rect class="ground" width="100%" height="100%" rx="6"/>`

/** Draws a plot as an SVG of its own, with Observable Plot. */
function draw(title: string, plot: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawn = Plot.plot({
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
    width: WIDTH,
    style: { fontSize: '13px', fontFamily: 'system-ui, sans-serif', overflow: 'visible' },
    ...plot,
  })
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${drawn.outerHTML.replace(/<style>[\s\S]*?<\/style>/, `<title>${title}</title>${style}`)}\n`
}

/** Horizontal bars as an SVG of its own, for light and dark pages. Observable Plot draws it. */
export function barChart({ title, unit, bars }: BarChart): string {
  const data = bars.map((bar) => ({ ...bar, colour: bar.ours ? OURS : OTHERS }))
  const longest = Math.max(0, ...bars.map(({ label }) => label.length))
  return draw(title, {
    height: 84 + ROW * bars.length,
    marginLeft: Math.round(longest * LABEL) + 16,
    marginRight: 16,
    marginTop: 40,
    marginBottom: 44,
    // Room for the text beside the longest bar.
    x: {
      domain: [0, Math.max(0, ...bars.map(({ max }) => max)) * 1.5],
      label: unit,
      labelArrow: 'none',
      tickFormat: (n: number) => (n < 1000 ? String(n) : `${n / 1000}k`),
      ticks: 6,
      nice: false,
    },
    y: { domain: bars.map(({ label }) => label), label: null, padding: 0.25 },
    marks: [
      Plot.gridX({ strokeOpacity: 0.15, ticks: 6 }),
      Plot.barX(data, { x: 'value', y: 'label', fill: 'colour' }),
      Plot.ruleY(data, { x1: 'min', x2: 'max', y: 'label', stroke: 'currentColor', strokeWidth: 1.5 }),
      Plot.text(data, { x: 'max', y: 'label', text: 'text', textAnchor: 'start', dx: 6, fill: 'currentColor' }),
      Plot.axisY({ label: null, tickSize: 0, fontSize: 13 }),
      Plot.text([title], {
        frameAnchor: 'top-left',
        dx: -Math.round(longest * LABEL) - 8,
        dy: -30,
        fontSize: 15,
        fontWeight: 'bold',
        fill: 'currentColor',
      }),
    ],
  })
}

/** Columns along time, or whatever comes in an order. */
export interface ColumnChart {
  readonly title: string
  /** Above the axis. */
  readonly unit: string
  readonly columns: readonly Pick<Bar, 'label' | 'value' | 'ours'>[]
}

/** Columns side by side as an SVG of its own; where there are many, some of them have a label. */
export function columnChart({ title, unit, columns }: ColumnChart): string {
  const data = columns.map((column) => ({ ...column, colour: column.ours ? OURS : OTHERS }))
  const longest = Math.max(0, ...columns.map(({ label }) => label.length))
  const every = Math.max(1, Math.ceil((columns.length * longest * LABEL * 1.3) / (WIDTH - 72)))
  const labels = columns.map(({ label }) => label)
  return draw(title, {
    height: 320,
    marginLeft: 56,
    marginRight: 16,
    marginTop: 64,
    marginBottom: 36,
    x: { domain: labels, label: null, padding: 0.2, ticks: labels.filter((_, i) => i % every === 0), tickSize: 0 },
    y: { label: null, ticks: 5, nice: true, zero: true },
    marks: [
      Plot.gridY({ strokeOpacity: 0.15, ticks: 5 }),
      Plot.barY(data, { x: 'label', y: 'value', fill: 'colour' }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      Plot.text([title], { frameAnchor: 'top-left', dx: -48, dy: -56, fontSize: 15, fontWeight: 'bold', fill: 'currentColor' }),
      Plot.text([unit], { frameAnchor: 'top-left', dx: -48, dy: -30, fill: 'currentColor' }),
    ],
  })
}

/** Lines along time. */
export interface LineChart {
  readonly title: string
  /** Above the axis. */
  readonly unit: string
  /** Below it. */
  readonly along: string
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[]
  /** Where thin vertical lines stand. */
  readonly marks: readonly number[]
}

const LINE_CHART = { height: 320, marginTop: 64, marginBottom: 40 }
/** From one name to the next, in pixels. */
const NAME = 15

/** Returns how far up names move, in pixels, so that none lies on another. */
function apart(lines: LineChart['lines']): number[] {
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, y]) => y)))
  const pixels = (LINE_CHART.height - LINE_CHART.marginTop - LINE_CHART.marginBottom) / most
  const ends = lines.map(({ points }) => (points.at(-1)?.[1] ?? 0) * pixels)
  const moves = ends.map(() => 0)
  let below = Number.NEGATIVE_INFINITY
  for (const i of [...ends.keys()].sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0))) {
    const end = ends[i] ?? 0
    below = Math.max(end, below + NAME)
    moves[i] = below - end
  }
  return moves
}

const LINES = [OURS, '#d29922', '#3fb950', OTHERS]

/** Lines as an SVG of its own; each has its name where it ends. */
export function lineChart({ title, unit, along, lines, marks }: LineChart): string {
  const longest = Math.max(0, ...lines.map(({ name }) => name.length))
  const up = apart(lines)
  return draw(title, {
    ...LINE_CHART,
    marginLeft: 64,
    marginRight: Math.round(longest * LABEL) + 16,
    x: { label: along, labelArrow: 'none', ticks: 8 },
    y: { label: null, ticks: 5, nice: true, zero: true },
    marks: [
      Plot.gridY({ strokeOpacity: 0.15, ticks: 5 }),
      Plot.ruleX(marks, { stroke: 'currentColor', strokeOpacity: 0.2 }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      ...lines.flatMap(({ name, points }, i) => {
        const stroke = LINES[i % LINES.length] ?? OURS
        return [
          Plot.lineY(points, { x: '0', y: '1', stroke, strokeWidth: 1.5 }),
          Plot.text(points.slice(-1), { x: '0', y: '1', text: () => name, textAnchor: 'start', dx: 6, dy: -(up[i] ?? 0), fill: stroke }),
        ]
      }),
      Plot.text([title], { frameAnchor: 'top-left', dx: -56, dy: -56, fontSize: 15, fontWeight: 'bold', fill: 'currentColor' }),
      Plot.text([unit], { frameAnchor: 'top-left', dx: -56, dy: -30, fill: 'currentColor' }),
    ],
  })
}
