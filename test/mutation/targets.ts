/** Sources whose faults would lose or double rows, and the tests that have to find a mutation in them: the nearest first. */
export interface Target {
  readonly sources: RegExp
  readonly stages: readonly (readonly string[])[]
}

const core = (...tests: string[]) => tests.map((test) => `packages/core/src/${test}.test.ts`)
const kafka = (...tests: string[]) => tests.map((test) => `packages/kafka-source/src/${test}.test.ts`)
const sinks = (...tests: string[]) => tests.map((test) => `packages/sinks/src/${test}.test.ts`)

const protocol = core('pipeline/protocol-2', 'pipeline/protocol-3', 'pipeline/protocol-4', 'pipeline/protocol-5')
const model = core('testing/model')
const operators = core('operators/remembering', 'operators/windowed', 'operators/waiting', 'testing/scenario')
const windows = core('window/edges', 'window/partial-key')
const wide = core('window/windows', 'window/bounded')
const lake = sinks('lake/finish-recorded', 'lake/compact', 'lake/race', 'lake/interleave', 'lake/crash')

/** The first that fits a source counts. */
export const targets: readonly Target[] = [
  { sources: /^packages\/core\/src\/window\/timed-keys\.ts$/, stages: [core('window/timed-keys'), operators] },
  { sources: /^packages\/core\/src\/window\//, stages: [windows, model, wide, operators] },
  { sources: /^packages\/core\/src\/operators\//, stages: [operators, windows, wide] },
  { sources: /^packages\/core\/src\/aggregate\//, stages: [core('aggregate/aggregates', 'aggregate/distinct'), model] },
  {
    sources: /^packages\/core\/src\/batch\/(text-codes|short-texts)\.ts$/,
    stages: [core('batch/text-codes', 'batch/short-texts'), core('batch/batch', 'schema/fast/equivalence')],
  },
  { sources: /^packages\/core\/src\/batch\/take\.ts$/, stages: [core('batch/take'), core('batch/batch')] },
  {
    sources: /^packages\/core\/src\/batch\//,
    stages: [core('batch/batch', 'batch/record-batch', 'batch/short-texts'), core('schema/fast/equivalence', 'aggregate/distinct')],
  },
  {
    sources: /^packages\/core\/src\/schema\//,
    stages: [core('schema/fast/equivalence', 'schema/fast/number', 'schema/fast/sequence', 'schema/decode')],
  },
  {
    sources: /^packages\/core\/src\/pipeline\/merge/,
    stages: [core('pipeline/merge-state', 'pipeline/merge-zone', 'pipeline/merge-holder'), model, protocol.slice(2, 3)],
  },
  {
    sources: /^packages\/core\/src\/pipeline\/(committer|state-keeper|recent-records)\.ts$/,
    stages: [core('pipeline/committer', 'pipeline/recent-records'), protocol.slice(1, 2), core('pipeline/laws')],
  },
  {
    sources: /^packages\/core\/src\/pipeline\//,
    stages: [protocol, core('pipeline/bounds', 'pipeline/begin', 'pipeline/pipeline', 'pipeline/laws')],
  },
  { sources: /^packages\/core\/src\/node\//, stages: [core('node/commit-log', 'node/state-files', 'node/folders', 'testing/contracts/contracts')] },
  {
    sources: /^packages\/kafka-source\/src\/(queue|record-batch|records|positions|slice-list|silence|watchdog)\.ts$/,
    stages: [kafka('queue', 'silence', 'watchdog'), kafka('source', 'contract')],
  },
  { sources: /^packages\/kafka-source\/src\/(guard|publisher|sink.*|staging|produce)\.ts$/, stages: [kafka('sink-faults', 'sink', 'transactions')] },
  { sources: /^packages\/kafka-source\/src\//, stages: [kafka('source', 'group', 'contract')] },
  { sources: /^packages\/sinks\/src\/lake\//, stages: [lake] },
  {
    sources: /^packages\/sinks\/src\/staged-file\//,
    stages: [sinks('staged-file/two-phase', 'staged-file/target', 'staged-file/partitioned-target'), sinks('staged-file/crash', 'contract')],
  },
]

/** What `pnpm mutate` runs over without a path. */
export const all: readonly string[] = [
  'packages/core/src/node/log/commit-log.ts',
  'packages/core/src/node/log/state-files.ts',
  'packages/core/src/commit/committer.ts',
  'packages/core/src/pipeline/merge',
  'packages/core/src/commit/operator-state.ts',
  'packages/core/src/window',
  'packages/core/src/operators',
  'packages/core/src/aggregate',
  'packages/core/src/batch',
  'packages/core/src/schema/fast',
  'packages/kafka-source/src/source/partition-queue.ts',
  'packages/kafka-source/src/sink/guard.ts',
  'packages/kafka-source/src/sink/transactional-producer.ts',
  'packages/kafka-source/src/protocol/record-batch.ts',
  'packages/kafka-source/src/sink',
  'packages/sinks/src/lake',
  'packages/sinks/src/staged-file',
]
