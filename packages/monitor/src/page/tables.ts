import type { CommitView, PartitionView, PipelineView } from '../dashboard/view.ts'
import { type Cell, el, setAttribute, setText, table } from './dom.ts'
import { bytes, clock, count, NONE, rate, span, things } from './format.ts'
import type { Part } from './graph.ts'
import type { Meter } from './meter.ts'
import { behind, flowName, lossSaid, partitionSaid } from './words.ts'

/** Commits that are shown. */
const COMMITS = 10

/** A count among others that are mostly 0. */
const some = (value: number): Cell => (value === 0 ? { text: NONE, class: 'muted' } : count(value))

type Rows = (pipeline: PipelineView, now: number) => readonly (readonly Cell[])[]

/** Makes a card with a table, or a text where it has no rows. */
function part(
  id: string,
  title: string,
  columns: readonly string[],
  none: string,
  rows: Rows,
  note: (pipeline: PipelineView) => string = () => '',
): Part {
  const { element: inner, fill } = table(title, columns)
  const [empty, below] = [el('p', { class: 'muted' }), el('p', { class: 'muted notes' })]
  const element = el('section', { 'aria-labelledby': id, class: 'card' }, el('h2', { id }, title), inner, empty, below)
  return {
    element,
    show(pipeline, now) {
      const all = rows(pipeline, now)
      fill(all)
      setAttribute(inner, 'hidden', all.length === 0)
      setText(empty, all.length === 0 ? none : '')
      setText(below, note(pipeline))
    },
  }
}

/** Makes the table of partitions: the numbers of the graph, and some more. */
export function partitionsTable(meter: Meter): Part {
  const columns = ['Partition', 'State', 'Rate#', 'Rows read#', 'Uncommitted#', 'Lag#', 'Watermark (UTC)#', 'Behind#']
  const row = (one: PartitionView, pipeline: PipelineView, now: number): Cell[] => {
    const said = pipeline.progress ? partitionSaid(one, pipeline.progress.windows, one.task, now) : { text: one.state, tone: 'plain' }
    const rows = meter.rate(`${pipeline.name} ${one.task}`, one.read, now)
    const time = one.state === 'running' ? behind(one.watermark, now) : NONE
    return [
      one.task,
      { text: said.text, class: said.tone },
      rate(rows),
      count(one.read),
      count(one.uncommitted),
      count(one.lag),
      clock(one.watermark, now),
      time,
    ]
  }
  const note = ({ progress }: PipelineView) =>
    progress && progress.morePartitions > 0 ? `${things(progress.morePartitions, 'more partition')}, with higher watermarks.` : ''
  return part(
    'partitions',
    'Partitions',
    columns,
    'No partition in this process.',
    (one, now) => (one.progress?.partitions ?? []).map((each) => row(each, one, now)),
    note,
  )
}

/** Makes the table of rows that are in no flow, and why. */
export const lossesTable = (): Part =>
  part('losses', 'Late and rejected rows', ['Kind', 'Why', 'Where', 'Rows#'], 'None.', ({ losses }) =>
    losses.map((one) => [...lossSaid(one), count(one.rows)]),
  )

/** Makes the table of what each flow has written. */
export function outputsTable(): Part {
  const columns = ['Flow', 'Target', 'Format', 'Rows#', 'Files#', 'Size#', 'Last commit (UTC)#']
  return part('outputs', 'Written', columns, 'No flow.', ({ outputs }, now) =>
    outputs.map(({ flow, target, format, rows, files, bytes: size, lastCommit }) => [
      flowName(flow),
      { text: target ?? NONE, class: 'target' },
      format ?? NONE,
      count(rows),
      count(files),
      size > 0 ? bytes(size) : NONE,
      clock(lastCommit, now),
    ]),
  )
}

/** Makes the table of the last committed ranges. */
export function commitsTable(): Part {
  const columns = ['Range', 'Committed (UTC)#', 'Rows read#', 'Late#', 'Rejected#', 'Rows written#', 'Files#', 'Size#', 'Took#']
  const row = (one: CommitView, now: number): Cell[] => [
    `${one.task} ${one.n}`,
    clock(one.at, now),
    some(one.rows),
    some(one.late),
    some(one.rejected),
    some(one.written),
    some(one.files),
    one.bytes > 0 ? bytes(one.bytes) : NONE,
    one.took === null ? NONE : `${span(one.took)}${one.writing === null ? '' : `, ${span(one.writing)} to write`}`,
  ]
  return part('commits', 'Last commits', columns, 'Nothing was committed yet.', ({ commits }, now) =>
    commits.slice(0, COMMITS).map((one) => row(one, now)),
  )
}

/** Makes the table of the last faults. */
export const faultsTable = (): Part =>
  part('faults', 'Faults', ['Code', 'At (UTC)#', 'Task', 'Tries#'], 'None. The log of the process has the messages of faults.', ({ faults }, now) =>
    faults.map(({ at, task, code, failures }) => [{ text: code, class: 'bad' }, clock(at, now), task ?? 'the run', count(failures)]),
  )
