/**
 * For tests: a log, a source and a sink in memory.
 * @packageDocumentation
 */
export { memoryLog } from './testing/memory-log.ts'
export { type MemorySink, memorySink } from './testing/memory-sink.ts'
export { type MemorySourceOptions, memorySource, messagesOf } from './testing/memory-source.ts'
