import { watch } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'

/** When each Parquet file of a folder became visible, in epoch milliseconds, by its name. */
export interface Visible {
  readonly since: ReadonlyMap<string, number>
  stop(): void
}

/** Watches a folder, which is made if need be. Files of the first moment count from then. */
export async function watchFiles(folder: string): Promise<Visible> {
  await mkdir(folder, { recursive: true })
  const since = new Map<string, number>()
  const see = (name: string | null) => {
    if (name?.endsWith('.parquet') && !since.has(name)) since.set(name, Date.now())
  }
  const watcher = watch(folder, (_, name) => see(name))
  for (const name of await readdir(folder)) see(name)
  return { since, stop: () => watcher.close() }
}
