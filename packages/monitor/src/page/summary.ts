import type { PipelineView } from '../dashboard/view.ts'
import { el, setAttribute, setText } from './dom.ts'
import { ago, bytes, clock, count, NONE, rate, share } from './format.ts'
import type { Part } from './graph.ts'
import type { Meter } from './meter.ts'
import { behind, type Said, waitSaid } from './words.ts'

/** One number with its name, and a line below. */
interface Figure {
  readonly element: HTMLElement
  set(value: string, below: string, tone?: Said['tone']): void
}

function figure(name: string): Figure {
  const [value, below] = [el('dd', { class: 'value number' }), el('dd', { class: 'muted below' })]
  const element = el('div', { class: 'figure' }, el('dt', {}, name), value, below)
  return {
    element,
    set(text, line, tone = 'plain') {
      setText(value, text)
      setText(below, line)
      setAttribute(element, 'data-tone', tone)
    },
  }
}

/** Makes the row of numbers that say how a pipeline is, and what its windows wait for. */
export function summary(meter: Meter): Part {
  const names = { read: 'Rows read', lag: 'Lag', watermark: 'Watermark', late: 'Late', rejected: 'Rejected', commit: 'Last commit' } as const
  const figures = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, figure(name)])) as Record<keyof typeof names, Figure>
  const wait = el('p', { class: 'wait' })
  const list = el('dl', { class: 'figures' }, ...Object.values(figures).map(({ element }) => element))
  const element = el('section', { 'aria-labelledby': 'now' }, el('h2', { id: 'now', class: 'hidden' }, 'Now'), list, wait)
  return {
    element,
    show(pipeline, now) {
      showFigures(figures, pipeline, now, meter)
      const said = waitSaid(pipeline.progress, now)
      setAttribute(wait, 'hidden', said === null)
      setText(wait, said?.text ?? '')
      setAttribute(wait, 'data-tone', said?.tone ?? 'plain')
    },
  }
}

function showFigures(
  figures: Readonly<Record<'read' | 'lag' | 'watermark' | 'late' | 'rejected' | 'commit', Figure>>,
  pipeline: PipelineView,
  now: number,
  meter: Meter,
): void {
  const { progress, counts, commits, name } = pipeline
  const rows = progress?.read ?? counts.rows
  const [last] = commits
  const read = commits.find((one) => one.rows > 0)
  figures.read.set(
    count(rows),
    progress ? `${rate(meter.rate(name, rows, now))} · ${count(progress.uncommitted)} uncommitted` : `${count(counts.rows)} committed`,
  )
  figures.lag.set(count(progress?.lag), progress ? `${bytes(progress.held)} of ${bytes(progress.memory)} held` : NONE)
  figures.watermark.set(clock(progress?.watermark ?? null, now), behind(progress?.watermark ?? null, now))
  figures.late.set(count(counts.late), share(counts.late, counts.rows) || NONE, counts.late > 0 ? 'warn' : 'plain')
  figures.rejected.set(count(counts.rejected), share(counts.rejected, counts.rows) || NONE, counts.rejected > 0 ? 'bad' : 'plain')
  figures.commit.set(last ? ago(last.at, now) : NONE, read ? `${count(read.rows)} rows of ${read.task}` : 'no rows yet')
}
