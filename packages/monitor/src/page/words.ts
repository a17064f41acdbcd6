import type { LossView, PartitionView, PipelineView, ProgressView, WaitView } from '../dashboard/view.ts'
import { clock, NONE, span, things } from './format.ts'

/** A state in words, and how it is coloured. */
export interface Said {
  readonly text: string
  readonly tone: 'good' | 'plain' | 'warn' | 'bad'
}

const STATES: Readonly<Record<PipelineView['state'], Said>> = {
  running: { text: 'Running', tone: 'good' },
  done: { text: 'Done: the source has ended', tone: 'plain' },
  stopped: { text: 'Stopped', tone: 'plain' },
  failed: { text: 'Failed', tone: 'bad' },
}

/** Says how a run is, with the code of what it failed with. */
export function stateSaid({ state, faults }: PipelineView): Said {
  const { text, tone } = STATES[state]
  const code = faults.find(({ task }) => task === null)?.code
  return { text: state === 'failed' && code ? `${text}: ${code}` : text, tone }
}

/** Says what windows wait for; null where there is nothing to say. */
export function waitSaid(progress: ProgressView | null, now: number): Said | null {
  if (!progress || progress.windows.state === 'no windows') return null
  const { state, results, partition, quiet, reason } = progress.windows
  if (state === 'elsewhere') return { text: 'The windows of this pipeline are put together in another process.', tone: 'plain' }
  const some = `${things(results, 'window result')} ${results === 1 ? 'waits' : 'wait'}`
  const at = progress.partitions.find(({ task }) => task === partition)?.watermark ?? null
  if (partition !== null && quiet !== null) {
    const why = `${partition} (no rows for ${span(quiet)})`
    if (results > 0) return { text: `${some} for ${why}.`, tone: 'warn' }
    return { text: `The watermark waits for ${why}${at === null ? '' : `: windows after ${clock(at, now)} stay open`}.`, tone: 'warn' }
  }
  if (state === 'none') return null
  if (reason !== null) return { text: `${reason[0]?.toUpperCase()}${reason.slice(1)}.`, tone: 'warn' }
  if (partition === null || at === null) return { text: `${some} for the watermark.`, tone: 'plain' }
  return { text: `${some} for the watermark: the slowest partition, ${partition}, is at ${clock(at, now)}.`, tone: 'plain' }
}

/** The same without numbers that change each second, so that a screen reader says it only when it is news. */
export function waitNews({ partition, quiet, reason }: WaitView): string {
  if (quiet !== null) return `Windows wait for ${partition}.`
  return reason === null ? '' : 'Windows wait for a partition of another process.'
}

/** Says what a partition does. */
export function partitionSaid({ state, lastRow }: PartitionView, windows: WaitView, task: string, now: number): Said {
  if (state === 'ended') return { text: 'ended', tone: 'plain' }
  if (state === 'idle') return { text: 'idle: holds no window back', tone: 'plain' }
  if (windows.quiet !== null && windows.partition === task) return { text: `windows wait: no rows for ${span(windows.quiet)}`, tone: 'warn' }
  if (lastRow === null) return { text: 'no rows yet', tone: 'plain' }
  return now - lastRow > 5_000 ? { text: `no rows for ${span(now - lastRow)}`, tone: 'plain' } : { text: 'reading', tone: 'good' }
}

const LOSSES: Readonly<Record<LossView['kind'], readonly [kind: string, why: string]>> = {
  late: ['Late', 'its window was closed'],
  rejected: ['Rejected', 'an invalid message'],
  refused: ['Refused', 'a sink could not write it'],
  unmapped: ['Unmapped', 'the map of the schema made no row'],
  expired: ['Expired', 'came after keepFor'],
}

/** Says which rows are in no flow, and why. */
export function lossSaid({ kind, where }: LossView): readonly [kind: string, why: string, where: string] {
  const [name, why] = LOSSES[kind]
  if (kind === 'rejected') return [name, where ?? why, NONE]
  return [name, why, where ?? NONE]
}

/** Returns the name of a flow; in words for what no flow has. */
export const flowName = (flow: string): string =>
  flow === '@dead_letters' ? 'dead letters' : flow === '@late' ? 'late rows' : flow.startsWith('@late:') ? `late rows of ${flow.slice(6)}` : flow

/** Returns the end of a target that is a path, which says the most; the whole of any other. */
export function targetShort(target: string): string {
  const [, scheme = '', path = ''] = /^([a-z]\w*:)?(\/.*)$/.exec(target) ?? []
  const parts = path.split('/').filter((part) => part !== '')
  return parts.length > 2 ? `${scheme}…/${parts.slice(-2).join('/')}` : target
}

/** Says how far a watermark is behind the clock. */
export function behind(watermark: number | null, now: number): string {
  if (watermark === null) return NONE
  const ms = now - watermark
  return ms < 0 ? `${span(-ms)} ahead` : `${span(ms)} behind`
}
