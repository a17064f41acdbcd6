import uPlot from 'uplot'

/** Colours of the page, as they are now. */
export interface Colours {
  readonly text: string
  readonly line: string
  readonly card: string
  readonly accent: string
  readonly soft: string
  readonly series: readonly string[]
}

/** Returns the colours that the style has for light or dark. */
export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const series = Array.from({ length: 12 }, (_, i) => of(`s${i}`))
  return { text: of('muted'), line: of('line'), card: of('card'), accent: of('accent'), soft: of('soft'), series }
}

/** One bar of a stack for each series. */
export interface Stacks {
  /** The middle of each bar, in epoch milliseconds. */
  readonly at: readonly number[]
  /** How wide a bar is, in milliseconds. */
  readonly width: number
  /** For each series a value for each bar; null where there is none. */
  readonly values: readonly (readonly (number | null)[])[]
  /** Whether the series of a bar stand on each other, or all on the ground. */
  readonly stacked: boolean
  /** Which bars are still growing. */
  readonly open: readonly boolean[]
  /** Where the watermark is; null where none is known. */
  readonly watermark: number | null
}

/** A chart on the page. `Data` is what it draws. */
export interface Chart<Data> {
  draw(data: Data): void
  /** Draws the same in these colours. */
  recolour(colours: Colours): void
}

/** Calls back with the number of the bar or point under the cursor; null when it leaves. */
export type Hover = (index: number | null) => void

const FONT = '12px Inter, system-ui, sans-serif'
const HEIGHT = 190
/** The chart of rates has no legend below it. */
const TALL = 262
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** Makes a chart that keeps to the width of its box. `optionsOf` is asked for a new one, `dataOf` for what it draws. */
function chart<Data>(
  box: HTMLElement,
  height: number,
  colours: Colours,
  optionsOf: (data: Data, colours: Colours) => Omit<uPlot.Options, 'width' | 'height'>,
  dataOf: (data: Data) => uPlot.AlignedData,
): Chart<Data> {
  let now = colours
  let last: Data | null = null
  let plot: uPlot | null = null
  const make = () => {
    if (last === null) return
    plot?.destroy()
    plot = new uPlot({ ...optionsOf(last, now), width: Math.max(200, box.clientWidth), height }, dataOf(last), box)
  }
  new ResizeObserver(() => plot?.setSize({ width: Math.max(200, box.clientWidth), height })).observe(box)
  return {
    draw(data) {
      const isNew = last === null || plot === null || dataOf(data).length !== dataOf(last).length
      last = data
      if (isNew) make()
      else plot?.setData(dataOf(data))
    },
    recolour(next) {
      now = next
      make()
    },
  }
}

/** Makes a chart of a rate over time. */
export function rateChart(box: HTMLElement, colours: Colours): Chart<{ readonly at: readonly number[]; readonly rates: readonly (number | null)[] }> {
  return chart(
    box,
    TALL,
    colours,
    (_, { accent, ...rest }) => ({
      ...common({ accent, ...rest }, () => {}),
      scales: { x: { time: true }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.15)] } },
      series: [{}, { stroke: accent, width: 1.75, fill: `${accent}22`, points: { show: false } }],
    }),
    ({ at, rates }) => [at.map((ms) => ms / 1000), [...rates]],
  )
}

/** Makes a chart of windows: a bar for each, with its series on each other. */
export function stackChart(box: HTMLElement, colours: Colours, hover: Hover): Chart<Stacks> {
  let now: Stacks | null = null
  let tones = colours
  const made = chart<Stacks>(
    box,
    HEIGHT,
    colours,
    (data, given) => ({
      ...common(given, hover),
      scales: {
        x: { time: true, range: (_u, min, max) => [min - (now ?? data).width / 2000, max + (now ?? data).width / 2000] },
        y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.1)] },
      },
      series: [
        {},
        // The whole stack is drawn first, and what lies further down over it.
        ...data.values.map((_, i) => barsOf(data.values.length - 1 - i, given, () => now)),
      ],
      hooks: {
        drawClear: [(plot: uPlot) => shade(plot, now, tones)],
        draw: [(plot: uPlot) => drawWatermark(plot, now, tones)],
        setCursor: [({ cursor }: uPlot) => hover(cursor.idx ?? null)],
      },
    }),
    (data) => {
      now = data
      return [data.at.map((ms) => ms / 1000), ...stack(data).reverse()]
    },
  )
  return {
    draw: made.draw,
    recolour(next) {
      tones = next
      made.recolour(next)
    },
  }
}

/** Returns for each series how high its top is. */
function stack({ values, at, stacked }: Stacks): (number | null)[][] {
  if (!stacked) return values.map((one) => [...one])
  const tops = at.map(() => 0)
  return values.map((one) =>
    one.map((value, i) => {
      tops[i] = (tops[i] ?? 0) + (value ?? 0)
      return value === null ? null : (tops[i] ?? 0)
    }),
  )
}

function barsOf(series: number, { series: all, card }: Colours, data: () => Stacks | null): uPlot.Series {
  const solid = all[series % all.length] ?? '#888888'
  const faint = mixed(solid, card, 0.5)
  const fills = () => (data()?.open ?? []).map((isOpen) => (isOpen ? faint : solid))
  const bars = uPlot.paths.bars?.({
    size: [0.78, 56],
    radius: 0.08,
    disp: { fill: { unit: 3, values: fills }, stroke: { unit: 3, values: () => (data()?.open ?? []).map(() => card) } },
  })
  return { fill: solid, stroke: card, width: 1, ...(bars && { paths: bars }), points: { show: false } }
}

/** Returns where the watermark is in the plot, in pixels of the canvas; null where it is not known. */
function watermarkAt({ bbox, valToPos }: uPlot, data: Stacks | null): number | null {
  if (!data || data.watermark === null) return null
  return Math.min(Math.max(valToPos(data.watermark / 1000, 'x', true), bbox.left), bbox.left + bbox.width)
}

/** Shades what the watermark has not passed. */
function shade(plot: uPlot, data: Stacks | null, { soft }: Colours): void {
  const { ctx, bbox } = plot
  const x = watermarkAt(plot, data)
  if (x === null) return
  ctx.save()
  ctx.fillStyle = soft
  ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height)
  ctx.restore()
}

/** Draws the watermark as a line over the bars, with its name. */
function drawWatermark(plot: uPlot, data: Stacks | null, { text }: Colours): void {
  const { ctx, bbox } = plot
  const x = watermarkAt(plot, data)
  if (x === null || x <= bbox.left || x >= bbox.left + bbox.width) return
  const ratio = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = text
  ctx.fillStyle = text
  ctx.lineWidth = ratio
  ctx.setLineDash([4 * ratio, 3 * ratio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top - 6 * ratio)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.font = `${11 * ratio}px Inter, system-ui, sans-serif`
  ctx.textAlign = x > bbox.left + bbox.width / 2 ? 'right' : 'left'
  ctx.fillText('watermark', x + (ctx.textAlign === 'right' ? -5 : 5) * ratio, bbox.top - 1 * ratio)
  ctx.restore()
}

function common({ text, line }: Colours, hover: Hover): Pick<uPlot.Options, 'cursor' | 'legend' | 'axes' | 'tzDate' | 'padding' | 'hooks'> {
  const axis = { stroke: text, font: FONT, ticks: { show: false }, grid: { stroke: line, width: 1 } }
  return {
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    padding: [16, 8, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [
      { ...axis, grid: { show: false }, space: 64, size: 28, values: (_u, splits) => splits.map((seconds, i) => tick(seconds, splits, i)) },
      { ...axis, size: 44, space: 40, values: (_u, splits) => splits.map((value) => compact.format(value)) },
    ],
    hooks: { setCursor: [({ cursor }: uPlot) => hover(cursor.idx ?? null)] },
  }
}

/** Returns the text at a time of the axis: the date where a day begins, seconds where ticks are closer than a minute. */
function tick(seconds: number, splits: readonly number[], i: number): string {
  const iso = new Date(seconds * 1000).toISOString()
  const step = (splits[1] ?? 0) - (splits[0] ?? 0)
  if (step >= 86_400 || (i > 0 && iso.endsWith('T00:00:00.000Z'))) return iso.slice(5, 10)
  return iso.slice(11, step < 60 ? 19 : 16)
}

/** Returns a colour between two, of the form `#rrggbb`. */
export function mixed(colour: string, other: string, part: number): string {
  const of = (text: string, i: number) => Number.parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16)
  const channel = (i: number) => Math.round(of(colour, i) * part + of(other, i) * (1 - part))
  return `#${[0, 1, 2].map((i) => channel(i).toString(16).padStart(2, '0')).join('')}`
}
