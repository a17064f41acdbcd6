import type { SentTo } from '../crash/config.ts'

/** Of the topic. */
export const PARTITIONS = 3
/** After which a member that was killed is gone for its group, in seconds. */
export const SESSION_TIMEOUT_S = 6

/** What a member of the soaked pipeline is given. */
export interface MemberConfig {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly group: string
  /** Holds `out`, `lake`, `sent` and `log`. */
  readonly home: string
  readonly topics: SentTo
  /** `now` drains the topic and ends. */
  readonly until: 'now' | 'never'
  /** Milliseconds of a range. */
  readonly range: number
  /** Milliseconds from one compaction to the next, in each sink of files. */
  readonly compactEvery: number
  /** What it loses on purpose, so that the checks can be checked. */
  readonly leak: readonly Leak[]
}

/** Heap memory, file handles, or staged files that nobody removes. */
export const leaks = ['memory', 'handles', 'files'] as const
export type Leak = (typeof leaks)[number]

/** What a member is asked over its channel. */
export type Question = { readonly ask: 'figures' } | { readonly slow: number }

/** What a member says: where its monitor is, once; then its figures, each time that it is asked. */
export type Answer = { readonly url: string } | Figures

/** What only the process itself knows. Bytes and milliseconds. */
export interface Figures {
  readonly heap: number
  /** Buffers outside of V8's heap. */
  readonly external: number
  /** How late timers were since the last question, the 99th percentile. */
  readonly loopDelay: number
}
