import { readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { FileLayer } from '@tickets/core/node'

/** A file layer that takes the folder of any log's records for that of the log which stands now: what records below the log's id prevent. */
export function followingLog(files: FileLayer, home: string): FileLayer {
  const log = join(home, 'log') + sep
  const follow = (path: string): string => {
    const [, id, rest = ''] = (path.startsWith(log) && /^([0-9a-f]{8})(\/.*)?$/.exec(path.slice(log.length))) || []
    if (id === undefined) return path
    try {
      const { record } = JSON.parse(readFileSync(join(log, 'pipeline.json'), 'utf8')) as { record: { logId: string } }
      return `${log}${record.logId}${rest}`
    } catch {
      return path
    }
  }
  return {
    makeFolder: (path) => files.makeFolder(follow(path)),
    writeFile: (path, parts) => files.writeFile(follow(path), parts),
    writeStream: (path, parts) => files.writeStream(follow(path), parts),
    readFile: (path) => files.readFile(follow(path)),
    link: (from, to) => files.link(follow(from), follow(to)),
    rename: (from, to) => files.rename(follow(from), follow(to)),
    unlink: (path) => files.unlink(follow(path)),
    removeFolder: (path) => files.removeFolder(follow(path)),
    readFolder: (path) => files.readFolder(follow(path)),
    syncFolder: (path) => files.syncFolder(follow(path)),
    stat: (path) => files.stat(follow(path)),
  }
}
