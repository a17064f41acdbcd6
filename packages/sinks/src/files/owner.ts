import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { fileError } from '@tickets/core/internal'
import { codeOf, type FileLayer, unless } from '@tickets/core/node'
import { stagingOf } from './names.ts'

/** The log that writes to a target, and the logs that it was taken over from, which never get it back. */
export interface Owner {
  readonly log: string
  readonly before: readonly string[]
}

const markOf = (target: string) => join(stagingOf(target), 'owner.tickets')

/** How many earlier owners a mark remembers; the demo makes a new one with every run. */
const REMEMBERED = 500

/** Returns the owner of a target, or null. */
export async function readOwner(files: FileLayer, target: string): Promise<Owner | null> {
  const bytes = await unless(files.readFile(markOf(target)), ['ENOENT', 'ENOTDIR'], null)
  if (!bytes) return null
  try {
    const { log, before } = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) as Partial<Owner>
    if (typeof log === 'string' && Array.isArray(before)) return { log, before }
  } catch {}
  throw new TicketsError(
    'TARGET_OWNED',
    `${markOf(target)} cannot be read as an owner mark: write to another folder, or delete ${target} to start over`,
  )
}

/** Throws `TARGET_OWNED` where this log may not write to the target. */
export function checkOwner(owner: Owner | null, log: string, target: string, takesOver: boolean): void {
  if (!owner || owner.log === log) return
  if (owner.before.includes(log)) {
    throw new TicketsError(
      'TARGET_OWNED',
      `${target} was taken over by the log ${owner.log}, this is the older log ${log}: delete this log to start over, or write to another folder`,
    )
  }
  if (!takesOver) {
    throw new TicketsError(
      'TARGET_OWNED',
      `${target} belongs to the log ${owner.log}, this one is ${log}: continue with that log, write to another folder, or replace the files by starting a new log with mode: 'overwrite'`,
    )
  }
}

/** Throws `PIPELINE_CHANGED` where a log that began with another folder finds one here that is not its own: data that was moved brings its mark. */
export async function checkMoved(files: FileLayer, target: string, log: string): Promise<void> {
  if ((await readOwner(files, target))?.log === log) return
  throw new TicketsError(
    'PIPELINE_CHANGED',
    `this log wrote to another folder, and ${target} is not that dataset: put the path back, move the data here as a whole, or start over with a new log`,
  )
}

/** Throws `TARGET_LOST` where a log that has published to a target finds no mark there. */
export async function checkThere(files: FileLayer, target: string): Promise<void> {
  if (!(await readOwner(files, target))) throw targetLost(target)
}

/** A mark that changed less than so many milliseconds before it was read may change again without a newer time of its file. */
const SETTLED_MS = 2000

/**
 * Looks, at every publish, whether the log still owns the target: while a pipeline runs its target may be deleted, unmounted, or taken over by a new log.
 * A mark is read again only where its file is another one, or was written again.
 */
export class HeldTarget {
  readonly #files: FileLayer
  readonly #target: string
  readonly #log: string
  /** The file of a mark that named this log; empty before it is known. */
  #known = ''

  constructor(files: FileLayer, target: string, log: string) {
    this.#files = files
    this.#target = target
    this.#log = log
  }

  /** Throws `TARGET_LOST` or `TARGET_OWNED` unless the log owns the target at this moment. */
  async check(): Promise<void> {
    const owner = await this.owner().catch((error: unknown) => {
      throw fileError(error, 'SINK_FAILED', `looking at the owner of ${this.#target}`)
    })
    if (!owner) throw targetLost(this.#target)
    checkOwner(owner, this.#log, this.#target, false)
  }

  /** Returns the owner at this moment, or null. */
  async owner(): Promise<Owner | null> {
    const mark = await unless(this.#files.stat(markOf(this.#target)), ['ENOTDIR'], null)
    const file = mark ? `${mark.identity} ${mark.size} ${mark.modified}` : ''
    if (file !== '' && file === this.#known) return { log: this.#log, before: [] }
    const owner = await readOwner(this.#files, this.#target)
    const isSettled = mark !== null && Date.now() - mark.modified > SETTLED_MS
    this.#known = isSettled && owner?.log === this.#log ? file : ''
    return owner
  }
}

const targetLost = (target: string) =>
  new TicketsError(
    'TARGET_LOST',
    `${target} was deleted, or its volume is not mounted: it has no mark that says whose it is (.staging/owner.tickets), and this log has written to it. Mount it, or restore it with its .staging folder, and run again; or start over: stop every process of the pipeline, delete the log, and run with mode: 'overwrite'`,
  )

/**
 * Makes this log the owner, durably; returns the logs that it took the target over from.
 *
 * Without an owner the mark is linked, so that of two logs at once only one gets the target; an owner is replaced by renaming over its mark.
 */
export async function takeOwnership(files: FileLayer, target: string, log: string, takesOver: boolean): Promise<readonly string[]> {
  const owner = await readOwner(files, target)
  checkOwner(owner, log, target, takesOver)
  if (owner?.log === log) {
    // Its process may have crashed before it made the mark durable.
    await files.syncFolder(stagingOf(target))
    return owner.before
  }
  const before = owner ? [...owner.before, owner.log].slice(-REMEMBERED) : []
  const temporary = join(stagingOf(target), `owner-${log}-${globalThis.crypto.randomUUID()}.tmp`)
  await files.writeFile(temporary, [new TextEncoder().encode(`${JSON.stringify({ log, before })}\n`)])
  if (owner) await files.rename(temporary, markOf(target))
  else {
    try {
      await files.link(temporary, markOf(target))
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      await unless(files.unlink(temporary), ['ENOENT'], undefined)
      return takeOwnership(files, target, log, takesOver)
    }
    await unless(files.unlink(temporary), ['ENOENT'], undefined)
  }
  await files.syncFolder(stagingOf(target))
  return before
}
