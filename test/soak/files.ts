import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sample } from './judge.ts'

/** The files below a folder. They come and go meanwhile. */
const filesBelow = (folder: string): string[] =>
  entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [] : [join(entry.parentPath, entry.name)]))

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

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
  const log = filesBelow(join(home, 'log'))
  const data = ['out', 'lake', 'sent'].flatMap((name) => filesBelow(join(home, name)))
  const hiddenFiles = data.filter(isHidden).length
  return { logBytes: log.reduce((sum, path) => sum + sizeOf(path), 0), logFiles: log.length, dataFiles: data.length - hiddenFiles, hiddenFiles }
}
