import type { CommitLog } from '../../connectors/commit-log.ts'
import { BACKFILLS, readBackfillRecord } from '../../records/backfill-record.ts'
import type { Merge } from '../../tasks/merge-task.ts'

/** Lets a merge know of the backfills that began since it last looked. */
export class BackfillWatch {
  readonly #log: CommitLog
  #seen = -1

  constructor(log: CommitLog) {
    this.#log = log
  }

  async look(merge: Pick<Merge<unknown>, 'join'>): Promise<void> {
    if ((await this.#log.latest(BACKFILLS)) <= this.#seen) return
    for await (const record of this.#log.read(BACKFILLS, this.#seen)) {
      const { parts } = readBackfillRecord(record)
      await merge.join(
        parts.map(({ task }) => task),
        true,
      )
      this.#seen = record.n
    }
  }
}
