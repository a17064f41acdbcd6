import type { Range, Staged, Writer } from '@tickets/core'
import { WriterGuard } from '@tickets/core/internal'
import type { RangeFiles } from '../intake/intake.ts'
import { keptIntake } from '../intake/kept-intake.ts'
import { streamedIntake } from '../intake/streamed-intake.ts'
import { HeldTarget } from './owner.ts'
import { encoderError, type StagePlace, stageRange } from './stage.ts'
import { fromStaged, type StagedRange, toStaged } from './staged.ts'

/** Returns what takes the rows: where neither partitions, nor an order, nor a key need all of them, they are encoded as they come. */
function intakeOf(place: StagePlace) {
  const { encoder, schema, plan, sortBy, key, maxRowsPerFile } = place
  const { open } = encoder
  return open && !plan && !sortBy && !key ? streamedIntake(() => open(schema), maxRowsPerFile) : keptIntake(place)
}

/** Writes one flow of one task to files. */
export function stagedFileWriter(place: StagePlace): Writer<unknown> {
  const { target, task, schema, table } = place
  const { location } = target
  const intake = intakeOf(place)
  const guard = new WriterGuard({ flow: task.flow, target: location, schema })
  const held = place.isHeld ? new HeldTarget(target, task.logId) : null
  const check = async () => held?.check()
  /** The folders of ranges that this writer has staged and not published. */
  const own = new Set<string>()
  const cutStaged = async (cut: RangeFiles, n: number, attempt: string, range: Range): Promise<Staged | null> => {
    if (cut.isEmpty) return null
    const staged = await stageRange(place, cut, n, attempt, range).catch(async (error: unknown) => {
      cut.drop()
      await check()
      throw error
    })
    own.add(staged.staging)
    return toStaged(staged)
  }
  const publish = async (staged: StagedRange) => {
    await check()
    const isOwn = own.delete(staged.staging)
    // Once it is in the table, others may merge its files into new ones and remove them.
    if (await table?.holds(task, staged)) return target.discard(staged)
    await target.publish(staged, isOwn).catch(async (error: unknown) => {
      // A target that is gone or has a new owner makes publishing fail with a vague file error. `check` throws the clear one.
      await check()
      throw error
    })
    if (table) return table.commit(task, schema, staged, check)
    const owner = await held?.owner().catch(() => null)
    // Another log took the target over while we published, and has already listed the files to remove, so remove ours here.
    if (owner?.log === task.logId) return
    if (owner) await target.remove(staged.files.map(({ name }) => name)).catch(() => {})
    await check()
  }
  return {
    stagesAhead: true,
    async write(batch, release) {
      guard.check(batch)
      if (batch.length === 0) return
      await intake.add(batch, release).catch((error: unknown) => {
        throw encoderError(place, error)
      })
    },
    stage: (n, attempt, range) => cutStaged(intake.cut(range.empty), n, attempt, range),
    publish: async (staged) => publish(fromStaged(staged, location)),
    sweep: (head) => target.sweep(task, head),
    async close() {
      guard.close()
      intake.close()
    },
  }
}
