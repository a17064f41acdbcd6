import { containerBroker, hasContainers } from './container.ts'
import { hasJava, javaVersion } from './jars.ts'
import { javaBroker } from './java.ts'

/** A real broker for tests. */
export interface Broker {
  readonly brokers: string[]
  readonly how: 'env' | 'container' | 'java'
  /** Ends it and removes its data. */
  stop(): Promise<void>
  /** Ends it at once, keeping its data (`java` only). */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same address and data (`java` only). */
  restart(): Promise<void>
}

const howToGetOne =
  'Set KAFKA_BROKERS=host:port, or start a container engine (Docker, Podman), or install Java 17 or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven).'

/** Which kind of broker can be had here, or why none can and what to do. */
export async function brokerAvailable(): Promise<{ how: Broker['how'] } | { how: null; reason: string }> {
  if (process.env.KAFKA_BROKERS) return { how: 'env' }
  if (await hasContainers()) return { how: 'container' }
  if (await hasJava()) return { how: 'java' }
  const java = await javaVersion()
  const found = java === null ? 'no java' : java < 17 ? `java ${java}, too old` : 'java, but no mvn to fetch Kafka with'
  return { how: null, reason: `No Kafka broker: KAFKA_BROKERS is not set, no container engine answers, ${found}. ${howToGetOne}` }
}

/**
 * Starts a broker: the one at `KAFKA_BROKERS`, else Redpanda in a container, else Kafka with Java. Rejects with what to do when none can be had.
 *
 * @example
 * const broker = await startBroker(); broker.brokers // ['127.0.0.1:40961']
 */
export async function startBroker(): Promise<Broker> {
  const available = await brokerAvailable()
  if (available.how === null) throw new Error(available.reason)
  if (available.how === 'container') return containerBroker()
  if (available.how === 'java') return javaBroker()
  const refuse = () => Promise.reject(new Error('the broker at KAFKA_BROKERS is not ours to stop; this test needs Java (unset KAFKA_BROKERS)'))
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',').map((b) => b.trim())
  return { how: 'env', brokers, stop: async () => {}, kill: refuse, restart: refuse }
}
