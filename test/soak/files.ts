import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sample } from './judge.ts'

interface Found {
  readonly files: number
  readonly bytes: number
}

/** Counts the files below a folder. They come and go meanwhile. */
function count(folder: string, counts: (path: string) => boolean = () => true): Found {
  let [files, bytes] = [0, 0]
  for (const entry of entriesOf(folder)) {
    if (entry.isDirectory() || !counts(join(entry.parentPath, entry.name))) continue
    files++
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
  }
  return { files, bytes }
}

function entriesOf(folder: string) {
  for (let tries = 0; ; tries++) {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      // One of its folders went while it was read, or it was never there.
      if (tries === 5) return []
    }
  }
}

const isHidden = (path: string) => /\/\.[^/]+\//.test(path)

/** Looks at what the pipeline has on disk. */
export function filesOf(home: string): Pick<Sample, 'logBytes' | 'logFiles' | 'dataFiles' | 'hiddenFiles'> {
  const log = count(join(home, 'log'))
  const places = ['out', 'lake', 'sent'].map((name) => join(home, name))
  const sum = (counts: (path: string) => boolean) => places.reduce((n, place) => n + count(place, counts).files, 0)
  return { logBytes: log.bytes, logFiles: log.files, dataFiles: sum((path) => !isHidden(path)), hiddenFiles: sum(isHidden) }
}
