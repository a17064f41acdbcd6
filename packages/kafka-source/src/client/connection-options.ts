import type { Duration, Logger, Schema } from '@tickets/core'
import type { DecodeThreadOptions } from '@tickets/core/node'
import type { SaslOptions, TlsOptions } from './client.ts'

/** How to reach a cluster. */
export interface ConnectionOptions {
  /** `host:port` of one broker or several. */
  readonly brokers: readonly string[]
  /** `true` for TLS with the system's certificates, or Node's TLS options. */
  readonly ssl?: TlsOptions
  /** `{ mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username, password }`, or another mechanism of kafkajs. */
  readonly sasl?: SaslOptions
  /** How this program calls itself to the broker; `tickets` by default. */
  readonly clientId?: string
  /** Told what the Kafka client does; silent when absent. The pipeline's own will do. */
  readonly logger?: Logger
}

/** Decompresses one record batch; `bytes` come as the producer wrote them (snappy often with xerial framing). */
export type Decompress = (bytes: Buffer) => Buffer | Promise<Buffer>

export interface KafkaSourceOptions<T> extends ConnectionOptions, DecodeThreadOptions {
  readonly schema: Schema<T>
  /** One topic; or give `topics`. */
  readonly topic?: string
  readonly topics?: readonly string[]
  /** The consumer group: processes with the same id share the partitions. */
  readonly groupId: string
  /** Where a new pipeline starts: `earliest` (the default), `latest`, or the first message at this time (a Date, or epoch milliseconds). A pipeline with a log goes on from its log. */
  readonly from?: 'earliest' | 'latest' | Date | number
  /**
   * `now`: read up to the end there is at the start of the run, then stop. A time (a Date, or epoch milliseconds): up to the first message
   * from then on, or the end where there is none. `never` (the default): run until told to stop.
   */
  readonly until?: 'never' | 'now' | Date | number
  /** Columns by which rows are spread over partitions, where the producer's key is made of them. */
  readonly keyedBy?: readonly string[]
  /** A member that is silent for so long loses its partitions; `30s` by default. */
  readonly sessionTimeout?: Duration
  /** `3s` by default; at most a third of `sessionTimeout`. */
  readonly heartbeatInterval?: Duration
  /** How long members may take to join again; `60s` by default. */
  readonly rebalanceTimeout?: Duration
  /** How long the broker may hold a fetch open while there is less than `fetchMinBytes`; 50 milliseconds by default. */
  readonly fetchWait?: Duration
  /**
   * Bytes that a fetch waits for, at most for `fetchWait`; 32 KiB by default: a steady stream is read in fewer and larger batches, which is
   * less work and memory, a little later. With 1 what comes is read at once.
   */
  readonly fetchMinBytes?: number
  /** Most bytes of one partition in one fetch; 1 MiB by default. */
  readonly partitionBytes?: number
  /** Most bytes of one fetch from a broker; 8 MiB by default. */
  readonly fetchBytes?: number
  /** Bytes held for one partition that its reader has not taken; 2 MiB by default. Fetching pauses there, and goes on below half of it. */
  readonly queueBytes?: number
  /** How long a fault that may pass (a broker away, an election) is tried again before the source gives up; `1 minute` by default. */
  readonly retryFor?: Duration
  /** Messages are there, and none comes for so long: the client hangs, and connects anew; `1 minute` by default. */
  readonly stallTimeout?: Duration
  /** Decompresses instead of what is built in (gzip, snappy, lz4, and zstd on a Node that has it): `{ snappy: (bytes) => … }`. */
  readonly codecs?: { readonly [name in 'snappy' | 'lz4' | 'zstd']?: Decompress }
}
