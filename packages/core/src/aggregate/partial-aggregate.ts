import type { Acc } from './sets/acc-json.ts'

/** One task's aggregate of one window and key. The merge combines those of all tasks (docs/internals/protocol.md#4.2). */
export type PartialAggregate = {
  /** Names the window and the key; the same words in every task. */
  readonly key: string
  /** Its close time: the watermark that closes it. Null in a window that only the end closes. Records on disk have it under this name. */
  readonly due: number | null
  readonly closed: boolean
  /** Rows counted in it. The same number of rows means an unchanged partial. */
  readonly rows: number
  /** One for each aggregate. */
  readonly acc: readonly Acc[]
}
