import { linkSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Change } from './journal.ts'

type Entry = { readonly folder: Folder } | { readonly ino: number }

/** Names in a folder: as they were last seen, and as they were when it was last synced. */
interface Folder {
  live: Map<string, Entry>
  durable: Map<string, Entry>
  /** Which sync, by when it began, `durable` is of. */
  syncedAt: number
}

const folderOf = (): Folder => ({ live: new Map(), durable: new Map(), syncedAt: -1 })

/** The files of a run as the disk has them, from the journal of its workers. */
class Disk {
  readonly root = folderOf()
  readonly synced = new Set<number>()
  readonly #home: string
  readonly #syncs = new Map<string, { folder: Folder; entries: Map<string, Entry>; began: number }>()

  constructor(home: string, changes: readonly Change[]) {
    this.#home = home
    for (const change of changes) this.#apply(change)
    // The campaign made the home itself; it stays.
    this.root.durable = new Map(this.root.live)
  }

  #folder(path: string): Folder | undefined {
    if (path === this.#home) return this.root
    const found = this.#folder(dirname(path))?.live.get(basename(path))
    return found && 'folder' in found ? found.folder : undefined
  }

  /** A folder that something was made in. Of two tasks that make a folder at once, the one that finds it there may note what it does in it first. */
  #madeFolder(path: string): Folder {
    const found = this.#folder(path)
    if (found) return found
    const made = folderOf()
    this.#madeFolder(dirname(path)).live.set(basename(path), { folder: made })
    return made
  }

  #apply(change: Change): void {
    const { path } = change
    const isNew = ['mkdir', 'write', 'link', 'rename'].includes(change.do)
    const isInside = path.startsWith(`${this.#home}/`)
    const above = isInside ? (isNew ? this.#madeFolder(dirname(path)) : this.#folder(dirname(path))) : undefined
    if (change.do === 'sync') {
      const folder = path === this.#home || above ? this.#folder(path) : undefined
      if (folder) this.#syncs.set(change.id, { folder, entries: new Map(folder.live), began: this.#syncs.size })
    } else if (change.do === 'synced') {
      const sync = this.#syncs.get(change.id)
      // Tasks sync a folder at the same time: one that began earlier and ends later takes nothing back.
      if (!sync || sync.began < sync.folder.syncedAt) return
      sync.folder.durable = sync.entries
      sync.folder.syncedAt = sync.began
    } else if (!above) return
    else if (change.do === 'mkdir') this.#madeFolder(path)
    else if (change.do === 'unlink' || change.do === 'rmdir') above.live.delete(basename(path))
    else if (change.do === 'rename') {
      const from = this.#folder(dirname(change.from))
      const entry = from?.live.get(basename(change.from))
      from?.live.delete(basename(change.from))
      if (entry) above.live.set(basename(path), entry)
    } else {
      above.live.set(basename(path), { ino: change.ino })
      if (change.do === 'write' && change.synced) this.synced.add(change.ino)
    }
  }
}

/**
 * What a loss of power leaves of a run's folder: what was synced stands; of each other change of a name, `chance` says whether it reached
 * the disk; a file that was not synced keeps half of its bytes. The folder is made anew from the journal.
 */
export function losePower(home: string, journal: string, chance: () => boolean): void {
  const file = join(journal, 'changes.jsonl')
  const lines = readFileSync(file, 'utf8').split('\n')
  const disk = new Disk(
    home,
    lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Change),
  )
  const after: Change[] = []
  for (const name of ['out', 'log']) rmSync(join(home, name), { recursive: true, force: true })

  const restore = (path: string, { live, durable }: Folder) => {
    for (const name of new Set([...live.keys(), ...durable.keys()])) {
      const [now, then] = [live.get(name), durable.get(name)]
      const entry = now === then || chance() ? now : then
      if (!entry) continue
      const at = join(path, name)
      if ('folder' in entry) {
        mkdirSync(at)
        after.push({ do: 'mkdir', path: at })
        restore(at, entry.folder)
        continue
      }
      const kept = join(journal, 'kept', String(entry.ino))
      if (!disk.synced.has(entry.ino)) truncateSync(kept, readFileSync(kept).length >> 1)
      disk.synced.add(entry.ino)
      linkSync(kept, at)
      after.push({ do: 'write', path: at, ino: entry.ino, synced: true })
    }
    after.push({ do: 'sync', path, id: `after:${path}` }, { do: 'synced', path, id: `after:${path}` })
  }
  restore(home, disk.root)
  writeFileSync(file, `${after.map((change) => JSON.stringify(change)).join('\n')}\n`)
}
