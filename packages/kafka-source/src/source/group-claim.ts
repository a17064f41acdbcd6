import { isTicketsError, type Logger, TicketsError } from '@tickets/core'
import { logEvent, retry } from '@tickets/core/internal'
import { chain, kafkaError } from '../client/errors.ts'
import { partitionId, partitionsOf } from '../client/metadata.ts'
import type { Cluster } from '../client/port.ts'
import { retriedError } from '../client/retry.ts'
import { claimNote, foreign, type LogState, logOf, type OlderNotes } from './group-offsets.ts'

/** What a source knows about the log that uses its group, and about the committed offsets. */
export interface KnownLog extends LogState {
  readonly older: OlderNotes
  /** Where partitions without a record begin. */
  readonly starts: ReadonlyMap<string, number>
}

export interface ClaimOptions {
  readonly cluster: () => Cluster
  readonly brokers: readonly string[]
  readonly groupId: string
  readonly topics: readonly string[]
  readonly log: KnownLog
  /** How long the owner of a topic's first partition may take, in milliseconds. */
  readonly claimTimeout: number
  /** How long a transient fault is retried, in milliseconds. */
  readonly retryFor: number
  readonly logger: Logger | undefined
}

/** One assignment of the group. */
export interface Membership {
  readonly partitions: readonly string[]
  /** Returns false once the group has rebalanced again: then the next assignment compares again. */
  isCurrent(): boolean
  /** Commits as a member of this assignment: the broker refuses it in another one. */
  commit(topic: string, partition: number, position: number, note: string): Promise<void>
}

/** The errors of a commit while the group rebalances. */
const rebalancing = /^(REBALANCE_IN_PROGRESS|ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID)$/
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1000

/**
 * Makes sure that only one log uses a group (docs/internals/protocol.md#1.3), before any of an assignment's partitions is read.
 *
 * Offsets have no compare-and-set, so the member that owns the first partition of a topic notes its log's id there first. Every other member waits
 * for the note and compares it. That is safe since only members of the current assignment can commit, a partition has one owner in it, and whoever
 * has joined sees what was committed in the assignments before.
 *
 * @throws `OFFSETS_FOREIGN`, or an error of the client
 */
export async function claimGroup(options: ClaimOptions, member: Membership): Promise<void> {
  const { groupId, brokers, log, claimTimeout, retryFor, logger } = options
  let deadline = performance.now() + claimTimeout
  let failingSince: number | null = null
  const claim = async () => {
    if (!member.isCurrent()) return
    const open = compare(options, await notesOf(options))
    if (open.length === 0 || !member.isCurrent()) return
    // The owner has its time anew: what failed here may have failed there too.
    if (failingSince !== null) deadline = performance.now() + claimTimeout
    failingSince = null
    const own = open.filter(({ id }) => member.partitions.includes(id))
    for (const { id, topic, partition } of own) {
      const head = log.heads[id] ?? null
      await member.commit(topic, partition, head ?? log.starts.get(id) ?? 0, head === null ? claimNote(log.id) : log.id)
    }
    if (own.length === 0) {
      const fields = { groupId, waiting: open.map(({ id }) => id) }
      logEvent(logger, 'kafka.claim_waiting', fields, 'waiting for the owner of a first partition to claim the group')
    }
    throw unclaimed(options)
  }
  const again = (error: unknown) => {
    if (!(error instanceof Unclaimed)) {
      if (isTicketsError(error, 'OFFSETS_FOREIGN')) throw error
      const failure = kafkaError(error, brokers, { topics: options.topics, groupId })
      if (!failure.retryable && !isRebalance(error)) throw failure
      failingSince ??= performance.now()
      if (performance.now() > failingSince + retryFor) throw retriedError(failure, retryFor)
      return true
    }
    return performance.now() <= deadline
  }
  return retry(claim, { again, first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS })
}

/** The owner of a first partition has not noted its log yet. */
class Unclaimed extends TicketsError {}

interface First {
  readonly id: string
  readonly topic: string
  readonly partition: number
}

/** Compares the notes of all partitions with our log. Returns the first partitions of topics that have no note of ours. */
function compare({ groupId, topics, log, cluster }: ClaimOptions, notes: ReadonlyMap<string, Note>): First[] {
  for (const [id, { offset, note }] of notes) {
    if (logOf(note) === log.id || (log.older.has(id) && log.older.get(id) === note)) continue
    throw foreign(groupId, id, offset, note, log.id)
  }
  return topics
    .map((topic) => ({ topic, partition: partitionsOf(cluster(), topic)[0] ?? 0 }))
    .map((first) => ({ ...first, id: partitionId(first.topic, first.partition) }))
    .filter(({ id }) => logOf(notes.get(id)?.note ?? null) !== log.id)
}

interface Note {
  readonly offset: number
  readonly note: string | null
}

async function notesOf({ cluster, groupId, topics }: ClaimOptions): Promise<Map<string, Note>> {
  const coordinator = await cluster().findGroupCoordinator({ groupId })
  const asked = topics.map((topic) => ({ topic, partitions: partitionsOf(cluster(), topic).map((partition) => ({ partition, offset: '-1' })) }))
  const { responses } = await coordinator.offsetFetch({ groupId, topics: asked })
  const notes = new Map<string, Note>()
  for (const { topic, partitions } of responses)
    for (const found of partitions) {
      const offset = Number(found.offset)
      // The client's types leave the note out.
      const note = 'metadata' in found && typeof found.metadata === 'string' ? found.metadata || null : null
      if (offset >= 0) notes.set(partitionId(topic, found.partition), { offset, note })
    }
  return notes
}

function isRebalance(error: unknown): boolean {
  return chain(error).some(({ type = '' }) => rebalancing.test(type))
}

function unclaimed({ groupId, topics, claimTimeout }: ClaimOptions): TicketsError {
  const message = `The group "${groupId}" has a member that owns the first partition of ${topics.join(' or ')} and did not say within ${claimTimeout} ms which log it uses: another program, or an older release of this one. Stop it, or use another groupId`
  return new Unclaimed('OFFSETS_FOREIGN', message)
}
