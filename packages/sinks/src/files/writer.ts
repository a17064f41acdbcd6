import { join } from 'node:path'
import type { Batch, Range, Staged, Writer } from '@tickets/core'
import { join as joinBatches } from '@tickets/core/arrow'
import { WriterGuard } from '@tickets/core/internal'
import { unless } from '@tickets/core/node'
import { HeldTarget } from './owner.ts'
import { publishRange } from './publish.ts'
import { type StagePlace, stageRange } from './stage.ts'
import { fromStaged, type StagedRange, toStaged } from './staged.ts'
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
    if (small.length > 0) kept.push(joinBatches(small))
    small = []
    rows = 0
  }
  const guard = new WriterGuard({ flow: task.flow, target, schema })
  const held = place.isHeld ? new HeldTarget(files, target, task.logId) : null
  const check = async () => held?.check()
  let isFirstSweep = true
  /** The folders of ranges that this writer has staged and not published. */
  const own = new Set<string>()
  const cutStaged = async (batches: readonly Batch<unknown>[], n: number, attempt: string, range: Range): Promise<Staged | null> => {
    if (batches.length === 0 && !range.empty) return null
    const staged = await stageRange(place, batches, n, attempt, range).catch(async (error: unknown) => {
      await check()
      throw error
    })
    own.add(staged.staging)
    return toStaged(staged)
  }
  const publish = async (staged: StagedRange) => {
    await check()
    await publishRange(files, target, staged, own.delete(staged.staging)).catch(async (error: unknown) => {
      // A target that is gone or has a new owner makes publishing fail with a vague file error. `check` throws the clear one.
      await check()
      throw error
    })
    const owner = await held?.owner().catch(() => null)
    // Another log took the target over while we published, and has already listed the files to remove, so remove ours here.
    if (owner && owner.log !== task.logId)
      for (const { name } of staged.files) await unless(files.unlink(join(target, name)), ['ENOENT', 'ENOTDIR'], undefined).catch(() => {})
    await check()
  }
  return {
    stagesAhead: true,
    async write(batch) {
      guard.check(batch)
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
    publish: async (staged) => publish(fromStaged(staged, target)),
    async sweep(head) {
      await sweepStaging(files, target, task, head, isFirstSweep)
      isFirstSweep = false
    },
    async close() {
      guard.close()
      kept = []
      small = []
    },
  }
}
