import { type Storage, TicketsError } from '@tickets/core'
import { fileError } from '@tickets/core/internal'

/** The log that writes to a target, and the logs that it was taken over from, which never get it back. */
export interface Owner {
  readonly log: string
  readonly before: readonly string[]
}

const MARK = '.staging/owner.tickets'

/** How many earlier owners a mark remembers; the demo makes a new one with every run. */
const REMEMBERED = 500

/** Returns the owner of a target, or null. */
export async function readOwner(target: Storage): Promise<Owner | null> {
  const bytes = await target.read(MARK)
  if (!bytes) return null
  try {
    const { log, before } = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) as Partial<Owner>
    if (typeof log === 'string' && Array.isArray(before)) return { log, before }
  } catch {}
  throw new TicketsError(
    'TARGET_OWNED',
    `${target.location}/${MARK} cannot be read as an owner mark: write to another folder, or delete ${target.location} to start over`,
  )
}

/** Throws `TARGET_OWNED` where this log may not write to the target. */
export function checkOwner(owner: Owner | null, log: string, { location }: Storage, takesOver: boolean): void {
  if (!owner || owner.log === log) return
  if (owner.before.includes(log)) {
    throw new TicketsError(
      'TARGET_OWNED',
      `${location} was taken over by the log ${owner.log}, this is the older log ${log}: delete this log to start over, or write to another folder`,
    )
  }
  if (!takesOver) {
    throw new TicketsError(
      'TARGET_OWNED',
      `${location} belongs to the log ${owner.log}, this one is ${log}: continue with that log, write to another folder, or replace the files by starting a new log with mode: 'overwrite'`,
    )
  }
}

/** Throws `PIPELINE_CHANGED` where a log that began with another folder finds one here that is not its own: data that was moved brings its mark. */
export async function checkMoved(target: Storage, log: string): Promise<void> {
  if ((await readOwner(target))?.log === log) return
  throw new TicketsError(
    'PIPELINE_CHANGED',
    `this log wrote to another folder, and ${target.location} is not that dataset: put the path back, move the data here as a whole, or start over with a new log`,
  )
}

/** Throws `TARGET_LOST` where a log that has published to a target finds no mark there. */
export async function checkThere(target: Storage): Promise<void> {
  if (!(await readOwner(target))) throw targetLost(target)
}

/** A mark that changed less than so many milliseconds before it was read may change again without a newer time of its file. */
const SETTLED_MS = 2000

/**
 * Looks, at every publish, whether the log still owns the target: while a pipeline runs its target may be deleted, unmounted, or taken over by a new log.
 * A mark is read again only where its file is another one, or was written again.
 */
export class HeldTarget {
  readonly #target: Storage
  readonly #log: string
  /** The file of a mark that named this log; empty before it is known. */
  #known = ''

  constructor(target: Storage, log: string) {
    this.#target = target
    this.#log = log
  }

  /** Throws `TARGET_LOST` or `TARGET_OWNED` unless the log owns the target at this moment. */
  async check(): Promise<void> {
    const owner = await this.owner().catch((error: unknown) => {
      throw fileError(error, 'SINK_FAILED', `looking at the owner of ${this.#target.location}`)
    })
    if (!owner) throw targetLost(this.#target)
    checkOwner(owner, this.#log, this.#target, false)
  }

  /** Returns the owner at this moment, or null. */
  async owner(): Promise<Owner | null> {
    const mark = await this.#target.stat(MARK)
    const file = mark?.version ?? ''
    if (file !== '' && file === this.#known) return { log: this.#log, before: [] }
    const owner = await readOwner(this.#target)
    const isSettled = mark !== null && Date.now() - mark.modified > SETTLED_MS
    this.#known = isSettled && owner?.log === this.#log ? file : ''
    return owner
  }
}

const targetLost = ({ location }: Storage) =>
  new TicketsError(
    'TARGET_LOST',
    `${location} was deleted, or its volume is not mounted: it has no mark that says whose it is (.staging/owner.tickets), and this log has written to it. Mount it, or restore it with its .staging folder, and run again; or start over: stop every process of the pipeline, delete the log, and run with mode: 'overwrite'`,
  )

/**
 * Makes this log the owner, durably; returns the logs that it took the target over from.
 *
 * Without an owner the mark is created if absent, so that of two logs at once only one gets the target; an owner is replaced by writing over its mark.
 */
export async function takeOwnership(target: Storage, log: string, takesOver: boolean): Promise<readonly string[]> {
  const owner = await readOwner(target)
  checkOwner(owner, log, target, takesOver)
  if (owner?.log === log) {
    // Its process may have crashed before it made the mark durable.
    await target.makeDurable('.staging')
    return owner.before
  }
  const before = owner ? [...owner.before, owner.log].slice(-REMEMBERED) : []
  const mark = [new TextEncoder().encode(`${JSON.stringify({ log, before })}\n`)]
  if (owner) await target.replace(MARK, mark)
  else if (!(await target.create(MARK, mark))) return takeOwnership(target, log, takesOver)
  return before
}
