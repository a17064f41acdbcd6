import type * as Platformatic from '@platformatic/kafka'
import { TicketsError } from '@tickets/core'
import type { ConnectionSettings } from '../connection/broker-connection.ts'
import { type ConnectionOptions, withHarmlessLogger } from '../connection/connection-options.ts'
import { trackedSockets } from '../connection/tracked-sockets.ts'
import { platformaticAdmin, platformaticCluster } from './platformatic-cluster.ts'
import { PlatformaticGroup } from './platformatic-group.ts'
import { libraryOptions, loadPlatformatic, withFaults } from './platformatic-library.ts'
import type { DriverRetry, Kafka, ProducedMessage, Producer } from './port.ts'

/** The error for what needs transactions, which the library has only for offsets that its own consumer has read. */
const noTransactions = (): TicketsError =>
  new TicketsError(
    'OPTION_INVALID',
    "driver '@platformatic/kafka' writes to no topic exactly once: it cannot commit the offset of a group that it is no member of in a transaction. Leave `driver` out of sinks, which may differ from the source's",
  )

/** Checks that the library of a client that writes has transactions. Throws `OPTION_INVALID`. */
export function checkTransactions({ driver }: { readonly driver?: string | undefined }): void {
  if (driver === '@platformatic/kafka') throw noTransactions()
}

/** Creates a client of `@platformatic/kafka`, which is loaded when it is first used. */
export function createPlatformatic(options: ConnectionOptions, retry: DriverRetry, requestTimeout: number): Kafka {
  const { logger } = withHarmlessLogger(options)
  const sockets = trackedSockets()
  const base = libraryOptions(options, retry, requestTimeout)
  const settings: ConnectionSettings = { ...options, logger, requestTimeout, open: sockets.open }
  const closing = new Set<() => Promise<void>>()
  /** The library closes its connections itself; a client that is ended closes all that it made. */
  const tracked = <T extends { disconnect(): Promise<void> }>(made: T): T => {
    const close = () => made.disconnect()
    closing.add(close)
    return made
  }
  return {
    cluster: () => tracked(platformaticCluster(base, settings)),
    admin: () => tracked(platformaticAdmin(base)),
    group: (group) => tracked(new PlatformaticGroup(base, settings, group, retry)),
    producer: ({ idempotent = false }) => tracked(producer(base, idempotent)),
    drop: sockets.drop,
    destroy: () => {
      sockets.destroy()
      for (const close of closing) void close().catch(() => {})
      closing.clear()
    },
  }
}

const bytes = (value: Buffer | string | null | undefined): Buffer | undefined =>
  value === null || value === undefined ? undefined : Buffer.from(value as string)

function producer(base: Platformatic.BaseOptions, idempotent: boolean): Producer {
  let opening: Promise<Platformatic.Producer> | null = null
  const open = () => {
    opening ??= loadPlatformatic().then(
      ({ Producer, compatibilityPartitioner }) => new Producer({ ...base, idempotent, partitioner: compatibilityPartitioner }),
    )
    return opening
  }
  const message = (topic: string, { key, value, partition, headers = {} }: ProducedMessage) => ({
    topic,
    ...(bytes(key) ? { key: bytes(key) as Buffer } : {}),
    ...(bytes(value) ? { value: bytes(value) as Buffer } : {}),
    ...(partition === undefined ? {} : { partition }),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), bytes(text) as Buffer])),
  })
  return {
    connect: () => withFaults(async () => void (await (await open()).metadata({ topics: [], forceUpdate: true }))),
    disconnect: async () => {
      const closing = opening
      opening = null
      await (await closing?.catch(() => null))?.close(true)
    },
    send: ({ topic, acks, messages }) => withFaults(async () => (await open()).send({ acks, messages: messages.map((one) => message(topic, one)) })),
    transaction: () => Promise.reject(noTransactions()),
  }
}
