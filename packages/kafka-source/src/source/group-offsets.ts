import { TicketsError } from '@tickets/core'
import { retry } from '@tickets/core/internal'
import { closeClient } from '../client/client.ts'
import { partitionId } from '../client/metadata.ts'
import type { CommittedOffsets, Kafka } from '../client/port.ts'

export interface LogState {
  readonly id: string
  readonly fresh: boolean
  readonly heads: Readonly<Record<string, number | null>>
}

/** partition → the note of an older log's offset, which a log that took its targets over may replace. */
export type OlderNotes = ReadonlyMap<string, string | null>

/** The words after the log's id in a note that claims a group before anything is committed. */
const CLAIMED = ' claimed'

/** Returns the note of an offset that only names the log that uses the group. No position is committed with it. */
export const claimNote = (logId: string): string => `${logId}${CLAIMED}`

/** Returns the log that an offset's note names, or null. */
export const logOf = (note: string | null): string | null => (note?.endsWith(CLAIMED) ? note.slice(0, -CLAIMED.length) : note || null)

/** Returns the error for an offset that another log, or another program, has committed. */
export function foreign(groupId: string, id: string, offset: number, note: string | null, logId: string): TicketsError {
  const owner = logOf(note)
  const found = owner ? `log ${owner}` : 'a program without a log of ours'
  const message = `The group "${groupId}" has offset ${offset} for ${id} from ${found}, and this log is ${logId}: use that log, or another groupId, or start over with mode 'overwrite' and a fresh log`
  return new TicketsError('OFFSETS_FOREIGN', message)
}

export interface CheckOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  readonly log: LogState
  /** How long the members of an older log may take to be gone, in milliseconds. */
  readonly memberTimeout: number
}

/** The pause between two looks at a group that still has members. */
const LOOK_AGAIN_MS = 500

/** Thrown while members of an older log may still leave. */
class StillInUse extends TicketsError {}

/**
 * Refuses a group whose offsets another log left, or that are ahead of this log's records (docs/internals/protocol.md#1.3): a second log would repeat everything.
 * Returns the notes of an older log, which a log that took its targets over ignores; where that log's processes still run, refuses too.
 */
export async function checkGroupOffsets({ kafka, groupId, topics, log, memberTimeout }: CheckOptions): Promise<OlderNotes> {
  const admin = kafka.admin()
  const deadline = performance.now() + memberTimeout
  try {
    await admin.connect()
    const look = async () => {
      const older = checkNotes(await admin.fetchOffsets({ groupId, topics: [...topics] }), groupId, log)
      const claims = topics.map((topic) => partitionId(topic, 0)).filter((id) => older.has(id))
      if (claims.length === 0) return older
      // A process of this log that started just before us is a member too, and replaces the note soon.
      const { groups } = await admin.describeGroups([groupId])
      if (!groups.some(({ members }) => members.length > 0)) return older
      const [id = ''] = claims
      const message = `The group "${groupId}" still has members, and its offset for ${id} is from log ${logOf(older.get(id) ?? null)}: stop every process that uses the group, then start this one again; or use another groupId`
      throw new StillInUse('OFFSETS_FOREIGN', message)
    }
    const again = (error: unknown) => error instanceof StillInUse && performance.now() <= deadline
    return await retry(look, { again, first: LOOK_AGAIN_MS, longest: LOOK_AGAIN_MS })
  } finally {
    await closeClient(kafka, () => admin.disconnect())
  }
}

function checkNotes(answer: readonly CommittedOffsets[], groupId: string, log: LogState): OlderNotes {
  const older = new Map<string, string | null>()
  for (const { topic, partitions } of answer) {
    for (const { partition, offset, metadata = null } of partitions) {
      const committed = Number(offset)
      if (committed < 0) continue
      const id = partitionId(topic, partition)
      const head = log.heads[id] ?? null
      if (logOf(metadata) !== log.id) {
        if (!log.fresh || head !== null) throw foreign(groupId, id, committed, metadata, log.id)
        older.set(id, metadata)
        continue
      }
      if (metadata === claimNote(log.id) || (log.fresh && head === null)) continue
      if (head === null || committed > head) {
        const message = `The group "${groupId}" has offset ${committed} for ${id}, and the log's last record ${head === null ? 'is missing' : `ends at ${head}`}: records were lost. Restore the log, or start over with mode 'overwrite', a fresh log and another groupId`
        throw new TicketsError('OFFSETS_FOREIGN', message)
      }
    }
  }
  return older
}
