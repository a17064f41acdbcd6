import type { Broker } from './broker.ts'

/** Whether a container engine answers. */
export async function hasContainers(): Promise<boolean> {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers')
    await getContainerRuntimeClient()
    return true
  } catch {
    return false
  }
}

/** Redpanda in a container. `restart` is refused: a container that starts again gets another port. */
export async function containerBroker(): Promise<Broker> {
  const { RedpandaContainer } = await import('@testcontainers/redpanda')
  const container = await new RedpandaContainer('redpandadata/redpanda:v23.3.10').start()
  const stop = async () => {
    await container.stop()
  }
  return {
    how: 'container',
    brokers: [container.getBootstrapServers().replace(/^\w+:\/\//, '')],
    stop,
    kill: stop,
    restart: () =>
      Promise.reject(new Error('a container cannot be restarted on its port; this test needs Java (unset KAFKA_BROKERS, stop the container engine)')),
  }
}
