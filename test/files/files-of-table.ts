import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The files that a Delta table has by the commits in its log, read as its protocol says, without code of ours. One that is added twice stands there twice:
 * OPTIMIZE between the two would have left its rows twice. There are none where there is no table.
 */
export function filesOfTable(folder: string): string[] {
  const log = join(folder, '_delta_log')
  let files: string[] = []
  const commits = existsSync(log) ? readdirSync(log).filter((name) => /^\d{20}\.json$/.test(name)) : []
  for (const name of commits.sort()) {
    for (const line of readFileSync(join(log, name), 'utf8').split('\n').filter(Boolean)) {
      const { add, remove } = JSON.parse(line) as { add?: { path: string }; remove?: { path: string } }
      if (add) files.push(join(folder, decodeURIComponent(add.path)))
      if (remove) files = files.filter((path) => path !== join(folder, decodeURIComponent(remove.path)))
    }
  }
  return files
}
