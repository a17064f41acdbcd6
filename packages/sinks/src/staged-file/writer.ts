import { type Batch, type Range, type Staged, TicketsError, type Writer } from '@tickets/core'
import { join } from '@tickets/core/arrow'
import { publishRange } from './publish.ts'
import { checkSchema } from './same-schema.ts'
import { type StagePlace, stageRange } from './stage.ts'
import { fromStaged, toStaged } from './staged.ts'
import { sweepStaging } from './sweep.ts'

/** Batches of fewer rows than this are joined: a batch's objects weigh some 10 kB, whatever it holds, and a live topic gives a few rows at a time. */
const SMALL = 1024

/** Writes one flow of one task to files. Batches are kept, small ones joined; the runner bounds them by ending the range. */
export function stagedFileWriter(place: StagePlace): Writer<unknown> {
  const { files, target, task, schema } = place
  let kept: Batch<unknown>[] = []
  let small: Batch<unknown>[] = []
  let rows = 0
  const joinSmall = () => {
    if (small.length > 0) kept.push(join(small))
    small = []
    rows = 0
  }
  let closed = false
  const cutStaged = async (batches: readonly Batch<unknown>[], n: number, attempt: string, range: Range): Promise<Staged | null> =>
    batches.length === 0 && !range.empty ? null : toStaged(await stageRange(place, batches, n, attempt, range))
  return {
    stagesAhead: true,
    async write(batch) {
      if (closed) throw new TicketsError('SINK_FAILED', `flow "${task.flow}": a batch came after its writer for ${target} was closed: open a new one`)
      checkSchema(schema, batch.schema, task.flow)
      if (batch.length === 0) return
      small.push(batch)
      rows += batch.length
      if (rows >= SMALL) joinSmall()
    },
    stage(n, attempt, range) {
      joinSmall()
      const batches = kept
      kept = []
      return cutStaged(batches, n, attempt, range)
    },
    publish: async (staged) => publishRange(files, target, fromStaged(staged, target)),
    sweep: (head) => sweepStaging(files, target, task, head),
    async close() {
      closed = true
      kept = []
      small = []
    },
  }
}
