import type { ProgressView } from '../dashboard/view.ts'
import type { PanelView, PanelWindow } from '../panels/panel-view.ts'
import { type Colours, coloursNow, type Stacks, stackChart } from './chart.ts'
import { el, fillList, setAttribute, setText, table } from './dom.ts'
import { bounds, count, things } from './format.ts'

/** Windows longer than this are no points of a chart: those of `global()`. */
const YEAR_MS = 366 * 86_400_000

/** A panel on the page. */
interface Shown {
  readonly element: HTMLElement
  show(panel: PanelView, progress: ProgressView | null, now: number): void
  recolour(colours: Colours): void
}

/** The panels of the page. */
export interface Windows {
  readonly element: HTMLElement
  /** Takes what the panels have now. */
  take(panels: readonly PanelView[]): void
  /** Draws those of a pipeline. */
  show(pipeline: string, progress: ProgressView | null, now: number): void
  recolour(): void
}

/** Makes the part of the page that shows windows as they fill. */
export function windows(): Windows {
  const grid = el('div', { class: 'panels' })
  const shown: Shown[] = []
  let panels: readonly PanelView[] = []
  return {
    element: grid,
    take(next) {
      panels = next
    },
    show(pipeline, progress, now) {
      panels.forEach((panel, i) => {
        const one = shown[i] ?? panelPart(i)
        if (!shown[i]) {
          shown.push(one)
          grid.append(one.element)
        }
        setAttribute(one.element, 'hidden', panel.pipeline !== pipeline)
        one.show(panel, progress, now)
      })
    },
    recolour() {
      for (const one of shown) one.recolour(coloursNow())
    },
  }
}

function panelPart(id: number): Shown {
  const title = el('h2', { id: `panel-${id}` })
  const [readout, notes] = [el('p', { class: 'readout number' }), el('p', { class: 'muted notes' })]
  const legend = el('ul', { class: 'legend' })
  const box = el('div', { class: 'plot', role: 'img' })
  const numbers = el('div', { class: 'numbers', role: 'region', tabindex: '0' })
  const details = el('details', {}, el('summary', {}, 'Show numbers'), numbers)
  const element = el('section', { 'aria-labelledby': `panel-${id}`, class: 'card panel' }, title, readout, box, legend, notes, details)
  let last: PanelView | null = null
  let now = 0
  let hovered: number | null = null
  let drawn = ''
  let filled: { readonly names: string; fill: ReturnType<typeof table>['fill'] } | null = null
  const read = () => {
    if (last) setText(readout, readoutOf(last, hovered, now))
  }
  const chart = stackChart(box, coloursNow(), (index) => {
    hovered = index
    read()
  })
  return {
    element,
    recolour: (colours) => chart.recolour(colours),
    show(panel, progress, at) {
      ;[last, now] = [panel, at]
      const isChart = panel.windows.some(({ start, end }) => end - start < YEAR_MS)
      setText(title, panel.title)
      setAttribute(numbers, 'aria-label', `Numbers of ${panel.title}`)
      setAttribute(box, 'hidden', !isChart)
      setAttribute(box, 'aria-label', `${things(panel.windows.length, 'window')} as bars. ${readoutOf(panel, null, at)} The numbers are below.`)
      fillList(
        legend,
        panel.series,
        () => el('li', {}, el('span', { class: 'swatch' }), el('span')),
        (item, name) => {
          const index = panel.series.indexOf(name)
          setAttribute(item.children[0] as Element, 'data-series', String(index))
          setText(item.children[1] as Element, name)
        },
      )
      setAttribute(legend, 'hidden', panel.series.length < 2)
      read()
      setText(notes, notesOf(panel, progress, at))
      const stacks = stacksOf(panel, progress)
      // Nothing is drawn again that is the same.
      const key = JSON.stringify(stacks)
      if (isChart && key !== drawn) chart.draw(stacks)
      drawn = key
      const names = panel.series.join()
      if (filled?.names !== names) {
        const made = table(`${panel.title}, window by window`, ['Window (UTC)', ...panel.series.map((name) => `${name}#`), 'State'])
        numbers.replaceChildren(made.element)
        filled = { names, fill: made.fill }
      }
      filled.fill(
        [...panel.windows]
          .reverse()
          .map((window) => [bounds(window.start, window.end, at), ...window.values.map(count), stateOf(window, panel, progress)]),
      )
    },
  }
}

/** Returns whether the watermark has not passed a window. */
const isOpen = ({ end, isFinal }: PanelWindow, progress: ProgressView | null) =>
  !isFinal && progress !== null && (progress.watermark ?? Number.NEGATIVE_INFINITY) < end

function stateOf(window: PanelWindow, { updates }: PanelView, progress: ProgressView | null): string {
  if (window.isFinal) return 'final'
  if (isOpen(window, progress)) return updates ? 'filling' : 'shown'
  return 'complete'
}

function stacksOf({ windows: all, series, stacked }: PanelView, progress: ProgressView | null): Stacks {
  const bars = all.filter(({ start, end }) => end - start < YEAR_MS)
  return {
    at: bars.map(({ start, end }) => (start + end) / 2),
    width: Math.max(1, ...bars.map(({ start, end }) => end - start)),
    values: series.map((_, i) => bars.map(({ values }) => values[i] ?? null)),
    stacked,
    open: bars.map((window) => isOpen(window, progress)),
    watermark: progress?.watermark ?? null,
  }
}

/** Returns the numbers of a window, by default of the last one. */
function readoutOf({ windows: all, series, stacked }: PanelView, index: number | null, now: number): string {
  const window = index === null ? all.at(-1) : all[index]
  if (!window) return 'No window yet.'
  const each = series.map((name, i) => `${name} ${count(window.values[i] ?? null)}`)
  const total = stacked && series.length > 1 ? [`total ${count(window.values.reduce<number>((sum, value) => sum + (value ?? 0), 0))}`] : []
  return `${bounds(window.start, window.end, now)}  ${[...total, ...each].join(' · ')}`
}

function notesOf({ updates, windows: all, hiddenSeries, older, refused, isBroken }: PanelView, progress: ProgressView | null, now: number): string {
  const notes: string[] = []
  if (isBroken) notes.push('This panel has stopped: what it shows is old. The pipeline continues.')
  const filling = all.filter((window) => isOpen(window, progress))
  const [first] = filling
  if (updates && first) notes.push(`Still filling: ${filling.length === 1 ? bounds(first.start, first.end, now) : things(filling.length, 'window')}.`)
  else if (!updates && all.length === 0) notes.push('A window comes here when the watermark has passed its end.')
  if (hiddenSeries > 0) notes.push(`${things(hiddenSeries, 'more value')} of the key ${hiddenSeries === 1 ? 'is' : 'are'} not shown.`)
  if (older > 0) notes.push(`${things(older, 'result')} of older windows ${older === 1 ? 'is' : 'are'} not shown.`)
  if (refused > 0)
    notes.push(`${things(refused, 'row')} of this flow could not be written, and ${refused === 1 ? 'is a dead letter' : 'are dead letters'}.`)
  return notes.join(' ')
}
