import { TicketsError } from '../base/errors.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'

/** The pseudo task whose records are the changes of a pipeline's flows. */
export const CHANGES = 'changes'

/** Returns how many changes of the flows the writer of a record knew of. Records from before they were counted say nothing, which is 0. */
export function changesKnown({ body }: Pick<LogRecord, 'body'>): number {
  return (body as { readonly changes?: number }).changes ?? 0
}

/** Returns the part of a record that says how many changes its writer knew; empty in a log whose flows never changed. */
export const notedChanges = (known: number): { readonly changes?: number } => (known > 0 ? { changes: known } : {})

/**
 * Refuses to continue a task, or the merge, with the flows from before a change: the new ones would miss its rows (docs/internals/protocol.md#1.5). Asked after the
 * head was read: a change comes before its fence, so whoever has seen the fence sees the change.
 *
 * @throws `PIPELINE_CHANGED`
 */
export async function checkChanges(log: Pick<CommitLog, 'latest'>, task: string, known: number): Promise<void> {
  const changes = (await log.latest(CHANGES)) + 1
  if (changes > known)
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `another process has changed the flows of this log, and ${task} runs with those from before: nothing of it is lost; start this process again with the changed program`,
    )
}
