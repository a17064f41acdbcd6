import type { Engine, ParquetJob } from './parquet-job.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly engine: Engine
}

/** To a worker: encode this. The job's buffer is transferred. */
export interface WorkerJob {
  readonly id: number
  readonly job: ParquetJob
}

/** To a worker: no more rows come of this file, and nobody wants it. */
export interface WorkerDrop {
  readonly drop: number
}

/** From a worker. */
export type WorkerAnswer =
  /** It has loaded all that it needs. */
  | { readonly kind: 'ready' }
  /** The buffers of `parts` and the `spare` ones are transferred; `memory` is what its WASM holds now. */
  | {
      readonly kind: 'done'
      readonly id: number
      readonly parts: readonly Uint8Array<ArrayBuffer>[]
      readonly spare: readonly ArrayBuffer[]
      readonly memory: number
    }
  /** `trapped`: the worker cannot be used again. */
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string; readonly trapped: boolean }
