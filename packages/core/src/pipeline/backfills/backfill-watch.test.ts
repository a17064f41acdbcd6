import { expect, test } from 'vitest'
import type { CommitLog } from '../../connectors/commit-log.ts'
import { BACKFILLS, backfillTask } from '../../records/backfill-record.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { BackfillWatch } from './backfill-watch.ts'

const begin = (log: CommitLog, n: number, name: string, partitions: readonly string[]) => {
  const parts = partitions.map((partition) => ({ task: backfillTask(partition, name), partition, from: 0, to: 9 }))
  return log.append(BACKFILLS, { n, attempt: 'a', files: {}, body: { name, parts } })
}

/** A merge that notes what joins it, and fails while it is broken. */
function merge() {
  const joined: [readonly string[], boolean | undefined][] = []
  const it = {
    isBroken: false,
    joined,
    join: async (tasks: readonly string[], aside?: boolean) => {
      if (it.isBroken) throw new Error('no room')
      joined.push([tasks, aside])
    },
  }
  return it
}

test('tells a merge of each backfill once, aside from the partitions, in their order', async () => {
  const [log, it] = [memoryLog(), merge()]
  const watch = new BackfillWatch(log)
  await watch.look(it)
  expect(it.joined).toEqual([])
  await begin(log, 0, 'old', ['t-0', 't-1'])
  await begin(log, 1, 'older', ['t-1'])
  await watch.look(it)
  await watch.look(it)
  expect(it.joined).toEqual([
    [['t.backfill.old-0', 't.backfill.old-1'], true],
    [['t.backfill.older-1'], true],
  ])
  await begin(log, 2, 'oldest', ['t-0'])
  await watch.look(it)
  expect(it.joined).toHaveLength(3)
})

test('reads nothing where nothing began since it last looked', async () => {
  const log = memoryLog()
  let reads = 0
  const watched: CommitLog = {
    ...log,
    read: (...at) => {
      reads++
      return log.read(...at)
    },
  }
  const watch = new BackfillWatch(watched)
  await begin(log, 0, 'old', ['t-0'])
  for (let i = 0; i < 3; i++) await watch.look(merge())
  expect(reads).toBe(1)
})

test('tells again of one that the merge could not take in', async () => {
  const [log, it] = [memoryLog(), merge()]
  const watch = new BackfillWatch(log)
  await begin(log, 0, 'old', ['t-0'])
  it.isBroken = true
  await expect(watch.look(it)).rejects.toThrow('no room')
  it.isBroken = false
  await watch.look(it)
  expect(it.joined).toEqual([[['t.backfill.old-0'], true]])
})
