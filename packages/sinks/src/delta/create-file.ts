import { type Storage, TicketsError } from '@tickets/core'

/**
 * Creates a data file of a random name, which no commit names yet.
 *
 * @throws `SINK_FAILED` where it is not there then: another process removes temporary files that it takes for left behind. A commit may not name it
 */
export async function createDataFile(storage: Storage, path: string, parts: readonly Uint8Array[]): Promise<void> {
  if (await storage.create(path, parts)) return
  throw new TicketsError(
    'SINK_FAILED',
    `${path} was not written to the Delta table ${storage.location}: its temporary file was removed meanwhile, or a file has its random name: run again`,
    { retryable: true },
  )
}
