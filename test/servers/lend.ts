import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { availableOf, type Database, type Kind, start } from './database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseLender: string
    postgresLender: string
  }
}

type Lent = { url: string; how: Database['how'] } | { reason: string }

/** Lends one database for a whole vitest run, started when the first test file asks for it. Returns what stops it at the end. */
export async function lend(project: TestProject, as: 'databaseLender' | 'postgresLender', kind: Kind): Promise<() => Promise<void>> {
  let database: Promise<Database> | undefined
  const answer = async (): Promise<Lent> => {
    const available = await availableOf(kind)
    if (available.how === null) return { reason: available.reason }
    database ??= start(kind)
    const { url, how } = await database
    return { url, how }
  }
  const lender = createServer((_, response) => {
    answer().then(
      (lent) => response.end(JSON.stringify(lent)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((done) => lender.listen(0, '127.0.0.1', done))
  project.provide(as, `http://127.0.0.1:${(lender.address() as AddressInfo).port}`)
  return async () => {
    lender.close()
    await (await database?.catch(() => undefined))?.stop()
  }
}
