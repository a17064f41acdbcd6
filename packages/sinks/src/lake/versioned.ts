import { type CommitLog, isTicketsError, type Json, type Pipeline, type PipelineRecord, type Source, type Storage, TicketsError } from '@tickets/core'
import { fileError } from '@tickets/core/internal'
import { commitLog, type FileLayer } from '@tickets/core/node'
import { storageAt } from '../disk/disk-storage.ts'
import { targetOf } from '../files/target-name.ts'
import { finishRecorded } from './compaction/finish-recorded.ts'
import { CREATED_BY, schemaIn, versionsIn, writeManifest } from './dataset/versions.ts'

/** Settings of `versioned`. */
export interface VersionedOptions {
  /** The folder or storage of the logs, one for each version: `<log>/v1`, `<log>/v2`. */
  readonly log: string | Storage
  /** What to do with a schema that the files cannot continue with: `next` begins another version, `refuse` (the default) stops. */
  readonly onIncompatible?: 'next' | 'refuse'
  /** @internal For tests. */
  readonly files?: FileLayer
}

/** The version that a pipeline writes. */
export interface Version<P extends string | Storage = string | Storage> {
  /** From 1. */
  readonly version: number
  /** Its log: a version has one of its own. */
  readonly log: CommitLog
  /** Returns the folder of a dataset in this version, `<root>/<name>/v<version>`; a storage where `root` is one. */
  path(name: string): P extends string ? string : Storage
  /** Returns the same source. In a version after the first, it starts where the previous version stopped. */
  onwards<T, P>(source: Source<T, P>): Source<T, P>
}

const END = Symbol('the pipeline record fits')

/** Whether what stopped a pipeline before its first row is its schema. */
const isIncompatible = (error: unknown): boolean => isTicketsError(error, 'PIPELINE_CHANGED') && isTicketsError(error.cause, 'SCHEMA_MISMATCH')

/** A log that a pipeline can begin, and nothing more. */
function probe(log: CommitLog): CommitLog {
  const end = () => {
    throw END
  }
  const record = async () => (await log.pipeline()) ?? end()
  return {
    ...log,
    pipeline: record,
    begin: record,
    head: end,
    latest: end,
    append: end,
    read: end,
    prune: end,
    putState: end,
    getState: end,
    sweepState: end,
  }
}

/**
 * Keeps versions of datasets as sibling folders, `<root>/<name>/v1`, `<root>/<name>/v2`: a compatible change of a schema (an optional column or an enum
 * value more, a wider number) continues in the newest version. Any other change begins the next version, with its own log, or is refused.
 *
 * The next version continues where the one before it stopped, if its source is wrapped in `onwards`: stop all processes of the old one first. A program
 * that fits an older version than the newest is refused.
 *
 * @param root the folder or storage of the datasets
 * @param make makes the pipeline of a version
 * @throws as the pipeline; `PIPELINE_CHANGED` for a schema that is refused, `OPTION_INVALID`
 * @example
 * versioned('data/lake', { log: 'data/log', onIncompatible: 'next' }, ({ log, path, onwards }) =>
 *   pipeline({ name: 'lake', source: onwards(source), log, flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink(path('tickets')))) }) }),
 * ).run() // writes data/lake/tickets/v1
 */
export function versioned<P extends string | Storage>(
  root: P,
  options: VersionedOptions,
  make: (version: Version<P>) => Pipeline,
): Pick<Pipeline, 'run'> {
  const { onIncompatible = 'refuse', files } = options
  const datasets = storageAt(root, files)
  const logs = storageAt(options.log, files)
  if (onIncompatible !== 'next' && onIncompatible !== 'refuse')
    throw new TicketsError('OPTION_INVALID', `onIncompatible is 'next' or 'refuse', got ${JSON.stringify(onIncompatible)}`)
  const logOf = (version: number) => logBelow(logs, version, options)
  const versionAt = (version: number, log: CommitLog): Version<P> => ({
    version,
    log,
    path(name) {
      const dataset = datasets.below(`${name}/v${version}`)
      return (typeof root === 'string' ? dataset.location : dataset) as ReturnType<Version<P>['path']>
    },
    onwards: (source) => (version === 1 ? source : startingAfter(source, logOf(version - 1))),
  })
  const runAt = (version: number, runOptions: Parameters<Pipeline['run']>[0]) =>
    make(versionAt(version, withManifests(datasets, logOf(version), version))).run(runOptions)
  return {
    async run(runOptions) {
      const newest = await newestVersion(logs, logOf)
      try {
        return await runAt(newest, runOptions)
      } catch (error) {
        if (!isIncompatible(error)) throw error
        for (let older = newest - 1; older >= 1; older--) {
          const found = await make(versionAt(older, probe(logOf(older))))
            .run({ handleSignals: false })
            .catch((thrown: unknown) => thrown)
          if (found === END) throw outdated(older, newest, error)
        }
        if (onIncompatible === 'refuse') throw error
        return await runAt(newest + 1, runOptions)
      }
    },
  }
}

/** Opens the log of a version. */
function logBelow(logs: Storage, version: number, { log, files }: VersionedOptions): CommitLog {
  const place = logs.below(`v${version}`)
  return typeof log === 'string' ? commitLog(place.location, { ...(files && { files }) }) : commitLog(place)
}

async function newestVersion(logs: Storage, logOf: (version: number) => CommitLog): Promise<number> {
  const names = await logs.names('').catch((error: unknown) => {
    throw fileError(error, 'SINK_FAILED', `looking for versions in ${logs.location}`)
  })
  const numbers = names.map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0)).sort((a, b) => b - a)
  for (const version of numbers) if (version > 0 && (await logOf(version).pipeline())) return version
  return 1
}

/** The log, which says in each dataset what it is once it has begun. */
function withManifests(datasets: Storage, log: CommitLog, version: number): CommitLog {
  const begin = async (record: PipelineRecord) => {
    const begun = await log.begin(record)
    for (const [flow, to] of Object.entries(begun.targets ?? {})) {
      const above = `${targetOf(datasets)}/`
      const schema = schemaIn(begun, flow)
      const suffix = `/v${version}`
      if (!to?.startsWith(above) || !schema || !to.endsWith(suffix)) continue
      const path = to.slice(above.length, -suffix.length)
      const dataset = path.slice(path.lastIndexOf('/') + 1)
      await writeManifest(datasets.below(`${path}${suffix}`), { dataset, version, schema, createdBy: CREATED_BY, log: begun.logId })
      await finishOlder(datasets.below(path), version)
    }
    return begun
  }
  return new Proxy(log, { get: (of, key) => (key === 'begin' ? begin : bound(of, key)) })
}

/** Finishes compactions of older versions: no pipeline starts in them any more, and readers read all versions (docs/internals/protocol.md#6.5). */
async function finishOlder(dataset: Storage, version: number): Promise<void> {
  try {
    for (const older of await versionsIn(dataset)) {
      if (older < version) await finishRecorded(dataset.below(`v${older}`))
    }
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `finishing compactions of ${dataset.location}`)
  }
}

const bound = (log: CommitLog, key: string | symbol): unknown => {
  const value = Reflect.get(log, key)
  return typeof value === 'function' ? value.bind(log) : value
}

/** The source, whose new partitions start where this log stopped. */
function startingAfter<T, P>(source: Source<T, P>, before: CommitLog): Source<T, P> {
  const describe = async () => {
    const info = await source.describe()
    const partitions = []
    for (const partition of info.partitions) {
      const to = ((await before.head(partition.id))?.body as { readonly to?: Json } | undefined)?.to
      partitions.push(to === undefined ? partition : { ...partition, start: to as P })
    }
    return { ...info, partitions }
  }
  return new Proxy(source, { get: (of, key) => (key === 'describe' ? describe : Reflect.get(of, key)) })
}

function outdated(older: number, newest: number, cause: unknown): TicketsError {
  return new TicketsError('PIPELINE_CHANGED', `this program writes version ${older}, and version ${newest} has begun: run the newer program`, {
    cause,
  })
}
