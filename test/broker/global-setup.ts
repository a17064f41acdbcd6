import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type Broker, brokerAvailable, startBroker } from './broker.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    brokerLender: string
  }
}

type Lent = { brokers: string[]; how: Broker['how'] } | { reason: string }

/** One broker for a whole vitest run, started when the first test file asks for it, stopped at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let broker: Promise<Broker> | undefined
  const lend = async (): Promise<Lent> => {
    const available = await brokerAvailable()
    if (available.how === null) return { reason: available.reason }
    broker ??= startBroker()
    const { brokers, how } = await broker
    return { brokers, how }
  }
  const lender = createServer((_, response) => {
    lend().then(
      (lent) => response.end(JSON.stringify(lent)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((done) => lender.listen(0, '127.0.0.1', done))
  project.provide('brokerLender', `http://127.0.0.1:${(lender.address() as AddressInfo).port}`)
  return async () => {
    lender.close()
    await (await broker?.catch(() => undefined))?.stop()
  }
}
