import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type Database, databaseAvailable, startDatabase } from './mariadb.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseLender: string
  }
}

type Lent = { url: string; how: Database['how'] } | { reason: string }

/** One database for a whole vitest run, started when the first test file asks for it, stopped at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let database: Promise<Database> | undefined
  const lend = async (): Promise<Lent> => {
    const available = await databaseAvailable()
    if (available.how === null) return { reason: available.reason }
    database ??= startDatabase()
    const { url, how } = await database
    return { url, how }
  }
  const lender = createServer((_, response) => {
    lend().then(
      (lent) => response.end(JSON.stringify(lent)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((done) => lender.listen(0, '127.0.0.1', done))
  project.provide('databaseLender', `http://127.0.0.1:${(lender.address() as AddressInfo).port}`)
  return async () => {
    lender.close()
    await (await database?.catch(() => undefined))?.stop()
  }
}
