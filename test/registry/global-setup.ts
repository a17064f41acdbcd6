import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type Registry, registryAvailable, startRegistry } from './registry.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    registryLender: string
  }
}

/** One schema registry for a whole vitest run, started when the first test file asks for it, stopped at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let registry: Promise<Registry> | undefined
  const lend = async (): Promise<{ url: string } | { reason: string }> => {
    const available = await registryAvailable()
    if (available.how === null) return { reason: available.reason }
    registry ??= startRegistry()
    return { url: (await registry).url }
  }
  const lender = createServer((_, response) => {
    lend().then(
      (lent) => response.end(JSON.stringify(lent)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((done) => lender.listen(0, '127.0.0.1', done))
  project.provide('registryLender', `http://127.0.0.1:${(lender.address() as AddressInfo).port}`)
  return async () => {
    lender.close()
    await (await registry?.catch(() => undefined))?.stop()
  }
}
