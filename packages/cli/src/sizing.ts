/** What a pipeline has to carry, and what its parts cost. */
export interface Load {
  /** Messages a second, all partitions together. */
  readonly rate: number
  readonly partitions: number
  /** How long the topic keeps messages, in milliseconds. */
  readonly retention: number
  /** Bytes of a message in the topic. */
  readonly messageBytes: number
  /** Copies of each message that the brokers keep. */
  readonly replication: number
  /** Flows whose sinks write files to a bucket. */
  readonly flows: number
  /** Bytes that a message becomes in files, over all flows. */
  readonly rowBytes: number
  /** How long a range lasts, in milliseconds. */
  readonly range: number
  /** How long a stop lasts after which the pipeline has to catch up, in milliseconds. */
  readonly outage: number
  /** Microseconds of processor time that a message takes. */
  readonly cpuMicros: number
  /** Messages a second that one process takes at most. */
  readonly processRate: number
  /** Bytes of memory that one process takes at most. */
  readonly processMemory: number
  /** Dollars for 1,000 requests of the class PUT, for 1,000 of the class GET, and for a GB in the bucket for a month. */
  readonly prices: { readonly put: number; readonly get: number; readonly gigabyteMonth: number }
}

/** What that needs. */
export interface Sizing {
  readonly topic: {
    readonly bytesPerSecond: number
    /** On the disks of all brokers, uncompressed. */
    readonly bytes: number
  }
  readonly pipeline: {
    /** Cores that are busy at the given rate. */
    readonly cores: number
    /** At most half busy, and never fewer than two, so that one may be lost. */
    readonly processes: number
    readonly memory: number
    /** Milliseconds until the pipeline has caught up after the outage; null where it never does. */
    readonly catchUp: number | null
  }
  readonly lake: {
    readonly bytesPerDay: number
    readonly filesPerDay: number
    readonly fileBytes: number
  }
  /** A day. */
  readonly requests: { readonly put: number; readonly get: number; readonly dollars: number }
  /** What the bucket costs a month when it holds the files of a year. */
  readonly storageDollars: number
  /** What does not fit, and what to do. */
  readonly warnings: readonly string[]
}

const DAY = 864e5
const SPARE = 0.5
/** Files below this are slow to read for query engines. */
const SMALL_FILE = 64 * 2 ** 20
const PART = 8 * 2 ** 20

/**
 * Computes how large topic, processes and bucket of a pipeline are, and what its requests cost. Requests are those of docs/guides/object-storage.md.
 *
 * @example
 * sizing({ ...load, rate: 5000, partitions: 12 }).topic.bytesPerSecond // 1250000, with messages of 250 bytes
 */
export function sizing(load: Load): Sizing {
  const { rate, partitions, retention, messageBytes, replication, flows, rowBytes, range, outage, cpuMicros, processRate, prices } = load
  const wanted = Math.max(2, Math.ceil(rate / (processRate * SPARE)))
  const processes = Math.min(wanted, partitions)
  const spare = processes * processRate - rate
  const catchUp = spare > 0 ? (outage * rate) / spare : null
  const ranges = partitions * (DAY / range)
  const fileBytes = (rate / partitions / flows) * (range / 1000) * rowBytes
  // Per flow: an upload begun, its parts, completed, and the list for the sweep; per range: the record, and the list of records.
  const put = ranges * (flows * (3 + Math.max(1, Math.ceil(fileBytes / PART))) + 2)
  const get = ranges * flows * 3
  const bytesPerDay = rate * rowBytes * (DAY / 1000)
  const warnings: string[] = []
  if (wanted > partitions) {
    warnings.push(
      rate > partitions * processRate * SPARE
        ? `${wanted} processes are needed and ${partitions} partitions can keep only ${partitions} busy: give the topic ${wanted} partitions`
        : `${partitions === 1 ? 'one partition keeps' : `${partitions} partitions keep`} ${processes} process busy: with 2 or more, another takes over when one is lost`,
    )
  }
  if (fileBytes < SMALL_FILE && bytesPerDay > SMALL_FILE) warnings.push(`files are small: run \`tickets compact\` each day, or take longer ranges`)
  if (catchUp === null) warnings.push('the pipeline never catches up: add partitions and processes')
  else if (retention < outage + catchUp)
    warnings.push('the topic keeps messages for less time than the outage and catching up take: messages would be lost. Let it keep them longer')
  return {
    topic: { bytesPerSecond: rate * messageBytes, bytes: rate * messageBytes * (retention / 1000) * replication },
    pipeline: {
      cores: (rate * cpuMicros) / 1e6,
      processes,
      memory: processes * load.processMemory,
      catchUp,
    },
    lake: { bytesPerDay, filesPerDay: ranges * flows, fileBytes },
    requests: { put, get, dollars: (put * prices.put + get * prices.get) / 1000 },
    storageDollars: ((bytesPerDay * 365) / 1e9) * prices.gigabyteMonth,
    warnings,
  }
}
