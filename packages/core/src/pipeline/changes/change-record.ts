import type { Json } from '../../base/json.ts'
import { byName } from '../../base/own-names.ts'
import type { CommitLog, PipelineRecord } from '../../connectors/commit-log.ts'
import type { TaskView } from '../../merge/entry.ts'
import type { Backfill } from '../../records/backfill-record.ts'
import { CHANGES } from '../../records/change-count.ts'
import { type Fingerprint, type FlowPrint, hasState, readFingerprint } from './fingerprint.ts'

/** Which version of a flow runs. */
export type FlowVersion = {
  /** From 2; a flow without an entry is at its first. */
  readonly version: number
  /** Its sinks write beside those of the versions before, as `Sink.version` says; false where the program names other targets. */
  readonly beside: boolean
}

/** Flow, as the program names it → its version. */
export type FlowVersions = Readonly<Record<string, FlowVersion>>

/** Returns the name of a flow in the log. Each version of a flow has state, partial aggregates and staged files of its own. */
export const versionedName = (flow: string, version: FlowVersion | undefined): string => (version ? `${flow}.v${version.version}` : flow)

/** Where each task and the merge stand. */
export type Standpoint = {
  /** Task → its last record from before the change. */
  readonly heads: Readonly<Record<string, TaskView>>
  /** The number of the merge's last record; -1 where there was no merge, which then begins at `heads`. */
  readonly merged: number
}

/** The body of a record of a change: what the flows are from here on. Its standpoint is the one it was decided by. */
export type Change = Standpoint & {
  readonly added: readonly string[]
  /** Those of `added` that get what lies before by a backfill; absent where none does. */
  readonly filled?: readonly string[]
  /** Flows that run no more; absent in records from before flows could go. */
  readonly gone?: readonly string[]
  readonly versions?: FlowVersions
  /** Whether a merge has work from here on; absent in the same records. */
  readonly merges?: boolean
  readonly fingerprint: Fingerprint
  readonly targets: NonNullable<PipelineRecord['targets']>
  readonly remove: PipelineRecord['remove']
  /** Absent in records from before changes were fenced: they count from their own standpoint. */
  readonly isFenced?: boolean
}

/** The pseudo task whose records say where changes took effect. */
export const FENCES = 'fences'

/** The body of such a record: no task commits with the flows from before any more. */
export type Fence = {
  /** The number of the change. */
  readonly change: number
  /** It cannot take effect, and counts for nothing: null then, else where each task was fenced. */
  readonly at: Standpoint | null
  /** What `filled` gets, from the beginning of the source up to there. */
  readonly fill?: Backfill
}

/** A change that is recorded, and that a process may still commit without knowing of. */
export interface OpenChange {
  readonly n: number
  readonly change: Change
  /** Whether a merge had work before it, as far as the log can tell. */
  readonly hadMerge: boolean
}

/** When a flow ran, by changes; null: from the beginning of the log, and until now. */
export interface FlowSpan {
  readonly from: Standpoint | null
  readonly to: Standpoint | null
}

/** A pipeline record with the changes since. */
export interface ChangedRecord extends PipelineRecord {
  /** How many changes the log holds, those that count for nothing included. */
  readonly changes: number
  /** The last change, while it is not fenced yet. */
  readonly open: OpenChange | null
  /** Where a merge begins that the log had no use for before; null: at the first record of each task. */
  readonly mergeFrom: Readonly<Record<string, TaskView>> | null
  /** Whether a merge has work by the last change; null before the first one, which nobody has noted. */
  readonly merges: boolean | null
  /** Outputs that joined, with where each task stood then. */
  readonly joined: Readonly<Record<string, Standpoint>>
  /** Flow → when it ran. */
  readonly spans: Readonly<Record<string, readonly FlowSpan[]>>
  /** The flows of backfills that do not say it, from before they did. */
  readonly unnoted: readonly string[]
  /** What flows that joined get of what lies before, in the order of the changes. */
  readonly fills: readonly Backfill[]
  /** Flows that run no more, with what they were. */
  readonly gone: Readonly<Record<string, FlowPrint>>
  readonly versions: FlowVersions
}

/** Returns the pipeline record with all changes that the log holds. */
export async function withChanges(log: CommitLog, record: PipelineRecord): Promise<ChangedRecord> {
  const begun = Object.keys(readFingerprint(record.fingerprint).flows)
  let at: ChangedRecord = {
    ...record,
    spans: byName(Object.fromEntries(begun.map((flow) => [flow, [{ from: null, to: null }]]))),
    unnoted: begun,
    changes: 0,
    open: null,
    mergeFrom: null,
    merges: null,
    joined: byName(),
    fills: [],
    gone: byName(),
    versions: byName(),
  }
  const changes: { n: number; change: Change }[] = []
  for await (const { n, body } of log.read(CHANGES, -1)) changes.push({ n, change: readChange(body) })
  // Read after the changes: whoever fences one has recorded it before.
  const fences = new Map<number, Fence>()
  for await (const { body } of log.read(FENCES, -1)) fences.set(readFence(body).change, readFence(body))
  for (const { n, change } of changes) {
    const fence = fences.get(n)
    at = fence?.at === null ? { ...at, changes: n + 1 } : afterChange(at, n, change, fence)
  }
  return at
}

function afterChange(at: ChangedRecord, n: number, change: Change, fence: Fence | undefined): ChangedRecord {
  const { added, gone = [], versions = {}, merges = true, merged, fingerprint, isFenced = false } = change
  const stood = fence?.at ?? change
  const before = byName(readFingerprint(at.fingerprint).flows)
  const left = Object.entries({ ...at.gone, ...Object.fromEntries(gone.map((flow) => [flow, before[flow] as FlowPrint])) })
  // Nobody has read records for a merge that had none, or no work: it begins behind them.
  const isMerging = at.merges === null ? merged >= 0 : at.merges && (merged >= 0 || at.mergeFrom !== null)
  return {
    ...at,
    changes: n + 1,
    open: isFenced && !fence ? { n, change, hadMerge: at.merges ?? Object.values(before).some(hasState) } : null,
    fingerprint,
    targets: { ...at.targets, ...change.targets },
    remove: { ...at.remove, ...change.remove },
    mergeFrom: isMerging || !merges ? at.mergeFrom : stood.heads,
    merges,
    joined: byName({ ...at.joined, ...Object.fromEntries(Object.keys(change.targets).map((output) => [output, stood])) }),
    spans: afterSpans(at.spans, added, gone, stood),
    unnoted: isFenced ? at.unnoted : [...at.unnoted, ...added],
    fills: fence?.fill ? [...at.fills, fence.fill] : at.fills,
    gone: byName(Object.fromEntries(left.filter(([flow]) => !added.includes(flow)))),
    versions: byName({ ...at.versions, ...versions }),
  }
}

function afterSpans(spans: ChangedRecord['spans'], added: readonly string[], gone: readonly string[], at: Standpoint): ChangedRecord['spans'] {
  const after = byName<readonly FlowSpan[]>(spans)
  for (const flow of gone) after[flow] = (after[flow] ?? []).map((span) => ({ ...span, to: span.to ?? at }))
  for (const flow of added) after[flow] = [...(after[flow] ?? []), { from: at, to: null }]
  return after
}

/** Reads a change as a record holds it. */
const readChange = (json: Json): Change => json as Change

/** Reads a fence as a record holds it. */
const readFence = (json: Json): Fence => json as Fence
