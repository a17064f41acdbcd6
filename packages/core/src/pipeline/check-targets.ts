import { TicketsError } from '../base/errors.ts'
import type { WriterSpec } from '../commit/writers.ts'
import type { CommitLog } from '../connectors/commit-log.ts'

/** How often two sinks must be found at one place before they count as such. */
const LOOKS = 3

const placeOf = async ({ sink }: WriterSpec): Promise<string | null> => (await sink.place?.()) ?? sink.target

/**
 * Returns whether two sinks write to one place. They are asked again: another process that prepares at this moment may remove an empty folder that it made,
 * and the next folder may get its inode.
 */
async function isOnePlace(one: WriterSpec, other: WriterSpec): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    const places = [await placeOf(one), await placeOf(other), await placeOf(one)]
    if (places.some((place) => place !== places[0])) return false
  }
  return true
}

/** Throws `FLOW_TARGET` where two flows write to one place, whatever it is called (docs/internals/protocol.md#1.4). */
export async function checkPlaces(outputs: readonly WriterSpec[]): Promise<void> {
  const taken = new Map<string, WriterSpec>()
  for (const output of outputs) {
    const { flow, sink } = output
    if (sink.target === null) continue
    const place = (await placeOf(output)) as string
    const other = taken.get(place)
    if (other && (await isOnePlace(other, output))) {
      const names = other.sink.target === sink.target ? sink.target : `${other.sink.target} and ${sink.target}, which are the same place`
      throw new TicketsError('FLOW_TARGET', `the flows "${other.flow}" and "${flow}" write to one target, ${names}: give each its own`)
    }
    taken.set(place, output)
  }
}

/**
 * Throws `LOG_BEHIND` where a target has more than the log knows of (docs/internals/protocol.md#1.4). The targets are looked at first: what other processes of this
 * log commit meanwhile is in the log by then.
 */
export async function checkNotBehind(log: CommitLog, id: string, outputs: readonly WriterSpec[], tasks: readonly string[]): Promise<void> {
  for (const { flow, sink } of outputs) {
    const reached = (await sink.reached?.({ id, flow, tasks })) ?? {}
    for (const [task, n] of Object.entries(reached)) {
      const latest = n < 0 ? n : await log.latest(task)
      if (latest >= n) continue
      const ends = latest < 0 ? `has no record of ${task}` : `ends at record ${latest} of ${task}`
      throw new TicketsError(
        'LOG_BEHIND',
        `the log ${ends}, and ${sink.target} of flow "${flow}" has what record ${n} wrote: the log was restored from a backup that is older than its targets, and continuing would write rows twice. Restore the newest log, restore the targets of that moment too, or start over: stop every process of the pipeline, delete the log, and overwrite the targets`,
      )
    }
  }
}

/** Returns whether the log has a record of one of these tasks: then each target that it began with has its mark. */
export async function hasRecords(log: CommitLog, tasks: readonly string[]): Promise<boolean> {
  for (const task of tasks) if ((await log.latest(task)) >= 0) return true
  return false
}
