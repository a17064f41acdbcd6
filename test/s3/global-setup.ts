import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { missingStore, type StoreKind, startStore } from './start.ts'
import type { Store } from './store.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    storeLender: string
  }
}

/** One object store of each kind for a whole vitest run, started when the first test file asks for it, stopped at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stores = new Map<StoreKind, Promise<Store>>()
  const lend = async (kind: StoreKind): Promise<{ endpoint: string } | { reason: string }> => {
    const reason = await missingStore(kind)
    if (reason !== null) return { reason }
    const store = stores.get(kind) ?? startStore(kind)
    stores.set(kind, store)
    return { endpoint: (await store).endpoint }
  }
  const lender = createServer((request, response) => {
    lend(request.url === '/racing' ? 'racing' : 'fenced').then(
      (lent) => response.end(JSON.stringify(lent)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((done) => lender.listen(0, '127.0.0.1', done))
  project.provide('storeLender', `http://127.0.0.1:${(lender.address() as AddressInfo).port}`)
  return async () => {
    lender.close()
    for (const store of stores.values()) await (await store.catch(() => undefined))?.stop()
  }
}
