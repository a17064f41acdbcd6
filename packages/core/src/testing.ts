/**
 * For tests: a log, a storage, a source and a sink in memory.
 * @packageDocumentation
 */

export { type CheckOptions, checkOperator } from './testing/check-operator.ts'
export type { Case } from './testing/contracts/case.ts'
export { type LogDriver, logContract } from './testing/contracts/log-contract.ts'
export { type SinkDriver, type SinkUnderTest, sinkContract } from './testing/contracts/sink-contract.ts'
export { type SourceDriver, type SourceUnderTest, sourceContract } from './testing/contracts/source-contract.ts'
export { type StorageDriver, storageContract } from './testing/contracts/storage-contract.ts'
export type { StorageUnderTest } from './testing/contracts/storage-helpers.ts'
export { type CrashEverywhereOptions, type CrashReport, crashEverywhere, eachStep, type World } from './testing/crash-everywhere.ts'
export type { Crash, Parts } from './testing/crasher.ts'
export { forAllSplits, type SplitOptions, type SplitReport } from './testing/for-all-splits.ts'
export { memoryLog } from './testing/memory-log.ts'
export { type MemorySink, memorySink } from './testing/memory-sink.ts'
export { type MemorySourceOptions, type MessageAround, memorySource, messagesOf } from './testing/memory-source.ts'
export { type MemoryStorage, memoryStorage } from './testing/memory-storage.ts'
export type { Output, Outputs } from './testing/outputs.ts'
export { quickClock } from './testing/quick-clock.ts'
export { type Emitted, Harness, type HarnessOptions, type StepOptions } from './testing/scenario/harness.ts'
export { Scenario, ScenarioError, type ScenarioOptions, type ScenarioStep, scenario } from './testing/scenario/scenario.ts'
