import { GENERATOR_DISORDER, type Json, type Progress, pipeline, type Source, type Storage, type Telemetry, type Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import { tables } from './tables.ts'

/** How long a process may take to commit and leave after SIGTERM. A host that ends it has to wait longer. */
export const DRAIN_SECONDS = 30

/** Where the lakehouse lies, and how it runs. */
export interface LakehouseOptions {
  /** Holds everything: the log, the tables, invalid messages and late rows. */
  readonly bucket: Storage
  /** How long rows wait until they can be read, in milliseconds. */
  readonly commitEvery: number
  readonly onProgress: (progress: Progress) => void
  readonly telemetry: Telemetry
}

/** Makes the pipeline of the lakehouse. Nothing of it lies on a disk, so its processes need no common folder. */
export function lakehousePipeline(source: Source<Ticket, Json>, { bucket, commitEvery, onProgress, telemetry }: LakehouseOptions) {
  return pipeline({
    name: 'lakehouse',
    source,
    log: commitLog(bucket.below('log')),
    deadLetters: jsonSink(bucket.below('invalid')),
    late: jsonSink(bucket.below('late')),
    maxOutOfOrderness: GENERATOR_DISORDER,
    range: { time: commitEvery },
    drainTimeout: `${DRAIN_SECONDS} seconds`,
    onProgress,
    telemetry,
    flows: tables(bucket),
  })
}
