import { appendFileSync, linkSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One change of the files, as the journal has it. Files are distinguished by inode; every one is kept in `kept/<inode>`. */
export type Change =
  | { readonly do: 'mkdir'; readonly path: string }
  | { readonly do: 'write'; readonly path: string; readonly ino: number; readonly synced: boolean }
  | { readonly do: 'link'; readonly path: string; readonly ino: number }
  | { readonly do: 'rename'; readonly from: string; readonly path: string }
  | { readonly do: 'unlink'; readonly path: string }
  | { readonly do: 'rmdir'; readonly path: string }
  | { readonly do: 'sync'; readonly path: string; readonly id: string }
  | { readonly do: 'synced'; readonly path: string; readonly id: string }

/** Writes down, in the order they happened, all changes that a worker makes, so that the campaign can take back what was not synced. */
export class Journal {
  readonly #file: string
  readonly #kept: string
  #syncs = 0

  constructor(folder: string) {
    this.#kept = join(folder, 'kept')
    this.#file = join(folder, 'changes.jsonl')
    mkdirSync(this.#kept, { recursive: true })
  }

  made(path: string): void {
    this.#note({ do: 'mkdir', path })
  }

  written(path: string, synced: boolean): void {
    this.#note({ do: 'write', path, ino: this.#keep(path), synced })
  }

  linked(_from: string, to: string): void {
    this.#note({ do: 'link', path: to, ino: statSync(to).ino })
  }

  renamed(from: string, to: string): void {
    this.#note({ do: 'rename', from, path: to })
  }

  unlinked(path: string): void {
    this.#note({ do: 'unlink', path })
  }

  removed(path: string): void {
    this.#note({ do: 'rmdir', path })
  }

  /** What is in the folder now will be durable when the sync that starts here has ended. */
  syncing(path: string): string {
    const id = `${process.pid}-${this.#syncs++}`
    this.#note({ do: 'sync', path, id })
    return id
  }

  synced(path: string, id: string): void {
    this.#note({ do: 'synced', path, id })
  }

  /** Another name, so that neither the content nor the inode's number goes away. */
  #keep(path: string): number {
    const { ino } = statSync(path)
    try {
      linkSync(path, join(this.#kept, String(ino)))
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    }
    return ino
  }

  #note(change: Change): void {
    appendFileSync(this.#file, `${JSON.stringify(change)}\n`)
  }
}
