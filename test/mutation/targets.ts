/** Sources whose faults would lose or double rows, and the tests that have to find a mutation in them: the nearest first. */
export interface Target {
  readonly sources: RegExp
  readonly stages: readonly (readonly string[])[]
}

const core = (...tests: string[]) => tests.map((test) => `packages/core/src/${test}.test.ts`)
const kafka = (...tests: string[]) => tests.map((test) => `packages/kafka-source/src/${test}.test.ts`)
const broken = (...tests: string[]) => tests.map((test) => `packages/kafka-source/test/${test}.test.ts`)
const sinks = (...tests: string[]) => tests.map((test) => `packages/sinks/src/${test}.test.ts`)

const protocol = (...tests: string[]) => tests.map((test) => `test/protocol/${test}.test.ts`)

const windows = core(
  'window/tumbling',
  'window/hopping',
  'window/session',
  'window/sliding',
  'window/fill',
  'window/bounded',
  'window/engine/aligned-engine',
  'window/engine/aligned-engine-batches',
  'window/engine/session-engine',
  'window/engine/sliding-engine',
  'window/engine/sliding-fold',
  'window/engine/partial-key',
  'window/text-keys',
)
const model = core('testing/scenario/window-model')
const stateful = core(
  'operators/dedupe',
  'operators/sessionize',
  'operators/stateful-operator',
  'operators/windowed',
  'operators/windowed/standalone',
  'operators/windowed/merge-stage',
)
const decoder = core('schema/fast-decoder/number', 'schema/fast-decoder/sequence', 'schema/decode', 'schema/inherited-names')
const queue = kafka('source/partition-queue', 'protocol/record-batch', 'protocol/records')

/** The first that fits a source counts. */
export const targets: readonly Target[] = [
  { sources: /^packages\/core\/src\/window\/engine\/timed-keys\.ts$/, stages: [core('window/engine/timed-keys'), stateful] },
  { sources: /^packages\/core\/src\/window\//, stages: [windows, model, core('window/global', 'window/time-zone'), stateful] },
  {
    sources: /^packages\/core\/src\/operators\/keyed/,
    stages: [
      core(
        'operators/keyed/keyed-store',
        'operators/keyed/keyed-run',
        'operators/keyed/keyed-scope',
        'operators/keyed/timer-queue',
        'operators/keyed/state-json',
      ),
      core('operators/keyed-operator', 'operators/keyed/keyed-output', 'operators/keyed/definition', 'testing/scenario/keyed-model'),
    ],
  },
  { sources: /^packages\/core\/src\/operators\//, stages: [stateful, core('operators/map-async', 'operators/windowed/task-stage'), windows] },
  {
    sources: /^packages\/core\/src\/aggregate\//,
    stages: [core('aggregate/aggregate', 'aggregate/sets/distinct', 'aggregate/sum', 'aggregate/count', 'aggregate/extreme'), model],
  },
  {
    sources: /^packages\/core\/src\/batch\//,
    stages: [core('batch/batch', 'batch/record-batch', 'batch/short-texts', 'batch/text-codes', 'batch/take', 'store/stores'), decoder],
  },
  { sources: /^packages\/core\/src\/schema\//, stages: [decoder, core('schema/fast-decoder/equivalence')] },
  {
    sources: /^packages\/core\/src\/merge\//,
    stages: [core('merge/fold', 'merge/buckets', 'merge/backfill-horizon', 'window/fill'), model, protocol('merge', 'source-watermarks')],
  },
  {
    sources: /^packages\/core\/src\/commit\//,
    stages: [core('commit/committer', 'commit/writers', 'commit/operator-state', 'commit/cached-log'), protocol('range'), protocol('commit')],
  },
  { sources: /^packages\/core\/src\/records\//, stages: [core('records/run-end'), core('pipeline/pipeline')] },
  {
    sources: /^packages\/core\/src\/(tasks|pipeline)\//,
    stages: [
      core('tasks/alignment', 'tasks/merge-task', 'tasks/reading', 'tasks/revocation'),
      protocol('range', 'time'),
      [
        ...core('testing/scenario/scenario', 'connectors/refused-rows', 'pipeline/backfill'),
        ...protocol('merge', 'merge-holder', 'source-watermarks'),
      ],
    ],
  },
  {
    sources: /^packages\/core\/src\/node\/decode\//,
    stages: [core('node/decode/worker-decoder', 'node/decode/read-ahead'), decoder],
  },
  {
    sources: /^packages\/core\/src\/node\//,
    stages: [core('node/log/commit-log', 'node/log/log-layout', 'node/log/state-files', 'node/log-faults'), core('testing/contracts/log-contract')],
  },
  { sources: /^packages\/kafka-source\/src\/source\/empty-answers\.ts$/, stages: [kafka('source/empty-answers', 'source/fetcher-gaps')] },
  { sources: /^packages\/kafka-source\/src\/source\/group-claim\.ts$/, stages: [kafka('source/group-claim')] },
  { sources: /^packages\/kafka-source\/src\/(protocol\/|source\/partition-queue\.ts$)/, stages: [queue] },
  { sources: /^packages\/kafka-source\/src\/sink\/guard\.ts$/, stages: [kafka('sink/guard')] },
  { sources: /^packages\/kafka-source\/src\/sink\/(message-file|topic-limits)\.ts$/, stages: [kafka('sink/message-file', 'sink/topic-limits')] },
  // With the broken connections these take minutes, so only what decides about transactions meets them.
  {
    sources: /^packages\/kafka-source\/src\/sink\/transactional-producer\.ts$/,
    stages: [kafka('sink/transactional-producer'), kafka('sink/sink'), broken('sink-faults')],
  },
  {
    sources: /^packages\/kafka-source\/src\/sink\//,
    stages: [kafka('sink/staging', 'sink/writer', 'sink/message-file', 'sink/errors'), kafka('sink/sink'), broken('sink-place')],
  },
  {
    sources: /^packages\/kafka-source\/src\/source\/fetcher\.ts$/,
    stages: [kafka('source/fetcher-faults', 'source/fetcher-gaps'), kafka('source/empty-answers'), broken('transactions')],
  },
  { sources: /^packages\/kafka-source\/src\//, stages: [queue, kafka('source/source', 'source/group')] },
  {
    sources: /^packages\/sinks\/src\/lake\/(compaction\/(plan|revisions)|dataset\/records)\.ts$/,
    stages: [sinks('lake/compaction/plan', 'lake/compaction/revisions', 'lake/dataset/records', 'lake/compaction/compact')],
  },
  {
    sources: /^packages\/sinks\/src\/lake\//,
    stages: [sinks('lake/compaction/compact'), sinks('lake/compaction/commit'), sinks('lake/compaction/finish-recorded', 'lake/race')],
  },
  {
    sources: /^packages\/sinks\/src\/intake\//,
    stages: [sinks('intake/split-into-files', 'intake/streamed-intake', 'intake/kept-intake'), sinks('intake/lost-thread', 'files/crash')],
  },
  {
    sources: /^packages\/sinks\/src\/(disk|files)\//,
    stages: [
      sinks('disk/publish', 'disk/sweep', 'files/stage', 'files/staged-file-sink'),
      sinks('files/partitioned-target', 'files/owner', 'files/crash'),
    ],
  },
]

/** Returns the path of the spec that stands beside a source. */
export const specOf = (source: string): string => source.replace(/\.ts$/, '.test.ts')

/** Returns the tests of a source: its own spec first, where it has one, since that most likely finds a mutation. */
export function stagesOf(source: string, hasSpec: boolean): Target['stages'] {
  const { stages } = targets.find(({ sources }) => sources.test(source)) as Target
  if (!hasSpec) return stages
  const own = specOf(source)
  return [[own], ...stages.map((tests) => tests.filter((test) => test !== own)).filter((tests) => tests.length > 0)]
}

const under = (folder: string, ...names: string[]) => names.map((name) => `packages/${folder}/${name}.ts`)

/** What `pnpm mutate` runs over without a path: files, or folders of them. */
export const all: readonly string[] = [
  ...under('core/src/commit', 'committer', 'writers', 'operator-state', 'cached-log'),
  ...under('core/src/node/log', 'commit-log', 'log-layout', 'state-files', 'checksum'),
  ...under('core/src/merge', 'fold', 'buckets', 'backfill-horizon'),
  ...under('core/src/tasks', 'task', 'range', 'alignment', 'merge-task', 'restart'),
  ...under('core/src/records', 'run-end'),
  'packages/core/src/window/engine/',
  'packages/core/src/window/groups/',
  'packages/core/src/schema/decode.ts',
  'packages/core/src/schema/fast-decoder/',
  ...under('core/src/node/decode', 'worker-decoder', 'thread-decoder', 'read-ahead', 'thread-work', 'line-decoder'),
  ...under('kafka-source/src/protocol', 'record-batch', 'records'),
  ...under('kafka-source/src/source', 'partition-queue', 'fetcher', 'empty-answers', 'group-claim'),
  'packages/kafka-source/src/sink/',
  ...under('sinks/src/files', 'stage', 'owner'),
  ...under('sinks/src/disk', 'publish', 'sweep'),
  ...under('sinks/src/intake', 'split-into-files', 'streamed-intake'),
  ...under('sinks/src/lake/compaction', 'commit', 'compact', 'plan', 'revisions', 'finish-recorded'),
  ...under('sinks/src/lake/dataset', 'records'),
]
