import { TicketsError } from '../../base/errors.ts'
import { byName } from '../../base/own-names.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Sink } from '../../connectors/sink.ts'
import type { Source } from '../../connectors/source.ts'
import { type Flows, Graph } from '../../dataflow/graph.ts'
import { currentScope, type FlowEnd, withScope } from '../../dataflow/scope.ts'
import type { Written } from '../../dataflow/written.ts'
import { type ChangedRecord, type FlowVersions, versionedName, withChanges } from './change-record.ts'
import { type Fingerprint, fingerprintOf, hasState, isSameFlow, readFingerprint } from './fingerprint.ts'
import type { FlowChanges } from './flow-changes.ts'

interface VersionOptions<T> {
  readonly flows: Flows<T>
  readonly source: Pick<Source<T, unknown>, 'schema'>
  readonly log: CommitLog
  readonly changes?: FlowChanges | undefined
}

/**
 * Returns the flows under the names that the log has for them. Where changed flows may start anew, each that differs from what the log knows gets its
 * next version. Nothing is recorded here.
 *
 * @throws `PIPELINE_CHANGED` for a changed flow whose sink cannot write beside the version before
 */
export async function versionFlows<T>({ flows, source, log, changes }: VersionOptions<T>): Promise<{ flows: Flows<T>; versions: FlowVersions }> {
  const standing = await log.pipeline()
  if (!standing) return { flows, versions: {} }
  const record = await withChanges(log, standing)
  const versions = byName({ ...record.versions })
  if (changes?.changed === 'next-version') {
    const graph = new Graph('task', source.schema, flows)
    graph.close()
    const now = fingerprintOf(graph, source.schema)
    for (const { flow, sink } of graph.ends) {
      if (!startsAnew(record, versionedName(flow, versions[flow]), now.flows[flow])) continue
      const version = (versions[flow]?.version ?? 1) + 1
      const late = [...graph.lateSinks].flatMap(([operator, one]) => (one && operator.startsWith(`${flow}/`) ? [one as Sink<unknown>] : []))
      versions[flow] = { version, beside: isBeside(record, flow, version, [sink, ...late]) }
    }
  }
  return Object.keys(versions).length === 0 ? { flows, versions } : { flows: renamed(flows, versions), versions }
}

/** Whether a flow differs from what the log knows of it, or was dropped with state that nobody kept. */
function startsAnew({ fingerprint, gone }: ChangedRecord, name: string, now: Fingerprint['flows'][string] | undefined): boolean {
  const running = byName(readFingerprint(fingerprint).flows)[name]
  const before = running ?? gone[name]
  if (!before || !now) return false
  return !isSameFlow(before, now) || (!running && hasState(before))
}

/** False where no sink writes to a place that the log has written to. */
function isBeside({ targets = {} }: ChangedRecord, flow: string, version: number, sinks: readonly Sink<unknown>[]): boolean {
  const known = new Set(Object.values(targets))
  const old = sinks.filter(({ target }) => target !== null && known.has(target))
  const fixed = old.find((sink) => !sink.version)
  if (fixed || (old.length > 0 && old.length < sinks.filter(({ target }) => target !== null).length))
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `the flow "${flow}" has changed and starts anew as version ${version}, and ${(fixed ?? old[0])?.target} holds what the version before wrote: give each of its sinks another target`,
    )
  return old.length > 0
}

function renamed<T>(flows: Flows<T>, versions: FlowVersions): Flows<T> {
  return (tickets) => {
    const named = Object.entries(flows(tickets))
    const all = named.map(([flow, end]) => {
      const version = byName(versions)[flow]
      const name = versionedName(flow, version)
      if (version && named.some(([other]) => other === name))
        throw new TicketsError(
          'OPTION_INVALID',
          `the flow "${flow}" is at version ${version.version}, which is called "${name}": rename the other flow`,
        )
      return [name, version?.beside ? writingBeside(end, version.version) : end] as const
    })
    return Object.fromEntries(all)
  }
}

/** The same flow, whose sinks are those of this version. */
function writingBeside(flow: ReturnType<Flows<unknown>>[string], version: number): typeof flow {
  const ofVersion = <R>(sink: Sink<R>) => sink.version?.(version) ?? sink
  return flow.lift<Written>({
    call(subscriber, source) {
      const scope = currentScope()
      if (!scope) return source.subscribe(subscriber)
      const own = Object.create(scope, {
        end: { value: (end: FlowEnd) => scope.end(Object.assign(end, { sink: ofVersion(end.sink) })) },
        lateSink: { value: (operator: string, sink: Sink<LateRow> | undefined) => scope.lateSink(operator, sink && ofVersion(sink)) },
      }) as typeof scope
      return withScope(own, () => source.subscribe(subscriber))
    },
  })
}
