import type { DashboardView, PipelineView } from '../dashboard/view.ts'
import { coloursNow, rateChart } from './chart.ts'
import { connect, type Link } from './connection.ts'
import { el, setAttribute, setText } from './dom.ts'
import { clock } from './format.ts'
import { graph, type Part } from './graph.ts'
import { Meter } from './meter.ts'
import { summary } from './summary.ts'
import { commitsTable, faultsTable, lossesTable, outputsTable, partitionsTable } from './tables.ts'
import { windows } from './windows.ts'
import { stateSaid, waitNews } from './words.ts'

const LINKS: Readonly<Record<Link, string>> = { connecting: 'Connecting…', live: 'Live', lost: 'Connection lost, trying again…' }

const meter = new Meter()
const name = el('h1')
const state = el('span', { class: 'chip' })
const link = el('span', { class: 'link' })
const time = el('span', { class: 'muted number' })
const choice = el('select', { id: 'pipeline' })
const choose = el('label', { for: 'pipeline', hidden: true }, 'Pipeline ', choice)
// Says what is news, and nothing that changes each second.
const news = el('p', { role: 'status', class: 'hidden' })
const header = el('header', {}, el('div', { class: 'who' }, name, state, choose), el('div', { class: 'when' }, link, time))
const waiting = el('p', { class: 'muted' }, 'No pipeline has started yet.')

const plot = el('div', { class: 'plot', role: 'img', 'aria-label': 'Rows a second over the last ten minutes' })
const rates = el(
  'section',
  { 'aria-labelledby': 'rates', class: 'card' },
  el('h2', { id: 'rates' }, 'Rows per second'),
  plot,
  el('p', { class: 'muted notes' }, 'By when they were read, over the last ten minutes.'),
)
const panels = windows()
const above: readonly Part[] = [summary(meter), graph(meter)]
const pair: readonly Part[] = [lossesTable(), faultsTable()]
const below: readonly Part[] = [partitionsTable(meter), outputsTable(), commitsTable()]
const parts = [...above, ...pair, ...below]
panels.element.prepend(rates)
const elementOf = ({ element }: Part) => element
const content = el(
  'div',
  { class: 'content', hidden: true },
  ...above.map(elementOf),
  panels.element,
  el('div', { class: 'pair' }, ...pair.map(elementOf)),
  ...below.map(elementOf),
)
document.body.append(header, el('main', {}, news, waiting, content))

const chart = rateChart(plot, coloursNow())
let last: DashboardView | null = null
let said = ''

/** Says something to screen readers, once. */
function say(text: string): void {
  if (text === said) return
  said = text
  setText(news, text)
}

function chosen({ pipelines }: DashboardView): PipelineView | undefined {
  const names = pipelines.map((one) => one.name)
  if (choice.options.length !== names.length || names.some((one, i) => choice.options[i]?.value !== one)) {
    const before = choice.value
    choice.replaceChildren(...names.map((one) => el('option', { value: one }, one)))
    if (names.includes(before)) choice.value = before
  }
  setAttribute(choose, 'hidden', names.length < 2)
  return pipelines.find((one) => one.name === choice.value)
}

function show(view: DashboardView): void {
  last = view
  const { now } = view
  const pipeline = chosen(view)
  setText(time, `${clock(now, now)} UTC`)
  setAttribute(waiting, 'hidden', pipeline !== undefined)
  setAttribute(content, 'hidden', pipeline === undefined)
  if (!pipeline) {
    setText(name, 'tickets')
    return
  }
  const { text, tone } = stateSaid(pipeline)
  setText(name, pipeline.name)
  document.title = `${pipeline.name} – ${text}`
  setText(state, text)
  setAttribute(state, 'data-tone', tone)
  for (const part of parts) part.show(pipeline, now)
  panels.show(pipeline.name, pipeline.progress, now)
  const { from, step, rates: each } = pipeline.history
  chart.draw({ at: each.map((_, i) => from + (i + 0.5) * step), rates: each })
  say(`${pipeline.name}: ${text}. ${pipeline.progress ? waitNews(pipeline.progress.windows) : ''}`)
}

choice.addEventListener('change', () => {
  if (last) show(last)
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  chart.recolour(coloursNow())
  panels.recolour()
})
// Beside the page, wherever it is mounted.
connect('dashboard/events', {
  view: show,
  panels(all) {
    panels.take(all)
    if (last) show(last)
  },
  link(now) {
    setText(link, LINKS[now])
    setAttribute(link, 'data-link', now)
    setAttribute(document.body, 'data-link', now)
    if (now === 'lost') {
      meter.clear()
      say(LINKS.lost)
    }
  },
})
