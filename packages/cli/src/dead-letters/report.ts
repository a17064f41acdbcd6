import type { DeadLetter } from '@tickets/core'
import { isOfFlow, readTaskRecord } from '@tickets/core/internal'
import { readDeadLetters } from '@tickets/sinks'
import type { LogPlace } from '../log/place.ts'

/** A dead letter and where it stands. */
export interface ListedLetter extends DeadLetter {
  /** `<partition>@<position>`. */
  readonly id: string
  /** Whether the replay has passed it. */
  readonly replayed: boolean
}

/** What a dataset of dead letters holds. */
export interface DeadLetterReport {
  readonly dataset: string
  /** All of them; those that a replay has passed; rows of flows, which no replay reads. */
  readonly letters: number
  readonly replayed: number
  readonly ofFlows: number
  /** Reason → how many, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly letters: number }[]
  readonly first: readonly ListedLetter[]
}

/** Returns how far a replay has come: partition → the next position. */
export async function replayedUpTo({ log }: LogPlace): Promise<ReadonlyMap<string, number>> {
  const record = await log.pipeline()
  const positions = new Map<string, number>()
  for (const { id } of record?.partitions ?? []) {
    const head = await log.head(id)
    const to = head && readTaskRecord(head).to
    if (typeof to === 'number') positions.set(id, to)
  }
  return positions
}

/** Yields the dead letters of a dataset, each with its id and whether it was replayed. */
export async function* listedLetters(dir: string, passed: ReadonlyMap<string, number>): AsyncGenerator<ListedLetter> {
  for await (const letter of readDeadLetters(dir)) {
    const { topic, partition, position } = letter
    const isRow = isOfFlow(letter)
    // Rows of flows are counted by task and flow.
    const id = isRow ? `${topic}/${partition}@${position}` : `${partition}@${position}`
    yield { id, ...letter, replayed: !isRow && position < (passed.get(partition) ?? 0) }
  }
}

/** Returns counts, reasons and the first letters of a dataset. */
export async function reportOf(dir: string, passed: ReadonlyMap<string, number>, most: number): Promise<DeadLetterReport> {
  const reasons = new Map<string, number>()
  const first: ListedLetter[] = []
  let [letters, replayed, ofFlows] = [0, 0, 0]
  for await (const letter of listedLetters(dir, passed)) {
    letters++
    if (letter.replayed) replayed++
    if (isOfFlow(letter)) ofFlows++
    reasons.set(letter.reason, (reasons.get(letter.reason) ?? 0) + 1)
    if (first.length < most) first.push(letter)
  }
  const counted = [...reasons].map(([reason, letters]) => ({ reason, letters })).sort((a, b) => b.letters - a.letters)
  return { dataset: dir, letters, replayed, ofFlows, reasons: counted, first }
}
