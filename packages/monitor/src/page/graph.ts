import type { OutputView, PartitionView, PipelineView } from '../dashboard/view.ts'
import { el, fillList, setAttribute, setText, svg } from './dom.ts'
import { bytes, clock, count, NONE, rate, things } from './format.ts'
import type { Meter } from './meter.ts'
import { flowName, partitionSaid, targetShort } from './words.ts'

/** Partitions that are drawn; the table has more. */
const DRAWN = 12

/** A part of the page that shows a pipeline. */
export interface Part {
  readonly element: HTMLElement
  show(pipeline: PipelineView, now: number): void
}

/** Makes the graph of a pipeline: its partitions, flows and sinks, with lines between them. */
export function graph(meter: Meter): Part {
  const edges = svg('svg', { 'aria-hidden': 'true', class: 'edges' })
  const sourceName = el('span', { class: 'source' })
  const [partitions, flows, sinks] = [el('ul'), el('ul'), el('ul')]
  const more = el('p', { class: 'muted more' })
  const mergeText = el('span', { class: 'muted' })
  const merge = el('div', { class: 'node merge' }, el('strong', {}, 'Merge'), mergeText)
  const stage = (title: string, name: string, ...children: Node[]) => el('div', { class: `stage ${name}` }, el('h3', {}, title), ...children)
  const box = el(
    'div',
    { class: 'graph' },
    edges,
    el('div', { class: 'stage sources' }, el('h3', {}, 'Source ', sourceName), partitions, more),
    stage('Windows', 'merges', merge),
    stage('Flows', 'flows', flows),
    stage('Sinks', 'sinks', sinks),
  )
  const element = el('section', { 'aria-labelledby': 'flow', class: 'card' }, el('h2', { id: 'flow' }, 'Data flow'), box)
  let active: readonly boolean[] = []
  const draw = () => drawEdges(edges, box, { partitions, merge, flows, sinks }, active)
  new ResizeObserver(draw).observe(box)
  return {
    element,
    show(pipeline, now) {
      const { progress, outputs, source } = pipeline
      const all = progress?.partitions ?? []
      const windows = progress?.windows ?? null
      const hidden = Math.max(0, all.length - DRAWN) + (progress?.morePartitions ?? 0)
      setText(sourceName, source)
      const drawn = all.slice(0, DRAWN).map((one) => ({ one, rate: meter.rate(`${pipeline.name} ${one.task}`, one.read, now) }))
      fillList(partitions, drawn, partitionNode, (node, { one, rate: rows }) => fillPartition(node, one, rows, pipeline, now))
      const none =
        progress === null
          ? 'The run has ended.'
          : progress.isAssigned
            ? 'No partition in this process.'
            : 'The source has assigned no partitions yet.'
      setText(more, hidden > 0 ? `and ${things(hidden, 'more partition')}` : all.length === 0 ? none : '')
      const merges = outputs.some(({ inMerge }) => inMerge)
      setAttribute(box, 'data-merge', merges)
      const results = windows?.results ?? 0
      setText(
        mergeText,
        windows?.state === 'elsewhere' ? 'in another process' : results > 0 ? `${things(results, 'result')} waiting` : 'nothing waiting',
      )
      setAttribute(merge, 'data-tone', windows !== null && windows.quiet !== null ? 'warn' : 'plain')
      fillList(flows, outputs, flowNode, fillFlow)
      fillList(sinks, outputs, sinkNode, fillSink)
      active = [...drawn.map(({ rate: rows }) => (rows ?? 0) > 0), ...outputs.map((one) => progress !== null && one.rate > 0)]
      draw()
    },
  }
}

const node = (...lines: string[]) => el('li', { class: 'node' }, ...lines.map((name) => el('span', { class: name })))

const partitionNode = () => node('name', 'rate number', 'state', 'muted facts')
const flowNode = () => node('name', 'rate number', 'muted facts')
const sinkNode = () => node('name', 'muted facts')

function fill(element: HTMLElement, ...texts: string[]): void {
  texts.forEach((text, i) => {
    const child = element.children[i]
    if (child) setText(child, text)
  })
}

function fillPartition(element: HTMLElement, one: PartitionView, rows: number | null, { progress }: PipelineView, now: number): void {
  if (!progress) return
  const said = partitionSaid(one, progress.windows, one.task, now)
  fill(element, one.task, rate(rows), said.text, `lag ${count(one.lag)} · watermark ${clock(one.watermark, now)}`)
  setAttribute(element, 'data-tone', said.tone)
}

function fillFlow(element: HTMLElement, { flow, rate: rows, rows: all, inMerge }: OutputView): void {
  fill(element, flowName(flow), rate(rows), `${things(all, 'row')}${inMerge ? ' of windows' : ''}`)
  setAttribute(element, 'data-kind', flow.startsWith('@') ? 'lost' : inMerge ? 'windows' : 'rows')
}

function fillSink(element: HTMLElement, { target, format, files, bytes: size }: OutputView): void {
  const facts = [format, files > 0 ? things(files, 'file') : null, size > 0 ? bytes(size) : null].filter((one) => one !== null)
  fill(element, target === null ? 'a callback' : targetShort(target), facts.join(' · ') || NONE)
  setAttribute(element, 'title', target ?? false)
}

interface Columns {
  readonly partitions: HTMLElement
  readonly merge: HTMLElement
  readonly flows: HTMLElement
  readonly sinks: HTMLElement
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Draws lines from the partitions to flows, and to the merge, which is put beside the flows that it writes; and from flows to their sinks. */
function drawEdges(edges: SVGSVGElement, box: HTMLElement, { partitions, merge, flows, sinks }: Columns, active: readonly boolean[]): void {
  const origin = box.getBoundingClientRect()
  const side = (element: Element, end: 'left' | 'right'): Point => {
    const at = element.getBoundingClientRect()
    return { x: at[end] - origin.left, y: at.top + at.height / 2 - origin.top }
  }
  const [froms, tos] = [[...partitions.children], [...flows.children]]
  merge.style.transform = ''
  const isMerged = box.hasAttribute('data-merge')
  const kinds = tos.map((flow) => flow.getAttribute('data-kind'))
  const of = (kind: string) => tos.filter((_, i) => kinds[i] === kind).map((flow) => side(flow, 'left'))
  const home = middle(of('windows'))
  if (isMerged && home) merge.style.transform = `translateY(${(home.y - side(merge, 'left').y).toFixed(1)}px)`
  const x = isMerged ? side(merge, 'left').x : (tos[0] ? side(tos[0], 'left').x : 0) - 48
  // Where the lines of all partitions meet before they part again.
  const meetings = ['rows', 'lost'].map((kind) => [kind, middle(of(kind))] as const)
  const into = meetings.flatMap(([, point]) => (point ? [{ x, y: point.y }] : []))
  const paths: { readonly d: string; readonly on: boolean }[] = []
  froms.forEach((one, p) => {
    for (const to of [...into, ...(isMerged ? [side(merge, 'left')] : [])]) paths.push({ d: curve(side(one, 'right'), to), on: active[p] === true })
  })
  tos.forEach((one, i) => {
    const on = active[froms.length + i] === true
    const point = meetings.find(([kind]) => kind === kinds[i])?.[1]
    const from = kinds[i] === 'windows' ? side(merge, 'right') : { x, y: point?.y ?? 0 }
    paths.push({ d: curve(from, side(one, 'left')), on })
    const sink = sinks.children[i]
    if (sink) paths.push({ d: curve(side(one, 'right'), side(sink, 'left')), on })
  })
  while (edges.children.length > paths.length) edges.lastElementChild?.remove()
  paths.forEach(({ d, on }, i) => {
    const path = edges.children[i] ?? edges.appendChild(svg('path'))
    setAttribute(path, 'd', d)
    setAttribute(path, 'class', on ? 'on' : '')
  })
}

function middle(points: readonly Point[]): { readonly y: number } | null {
  return points.length === 0 ? null : { y: points.reduce((sum, one) => sum + one.y, 0) / points.length }
}

function curve(from: Point, to: Point): string {
  const middle = (from.x + to.x) / 2
  return `M${from.x.toFixed(1)} ${from.y.toFixed(1)}C${middle.toFixed(1)} ${from.y.toFixed(1)} ${middle.toFixed(1)} ${to.y.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`
}
