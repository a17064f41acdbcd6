import type { HiddenFiles, Storage } from '../../connectors/storage.ts'
import { type Case, same } from './case.ts'
import { type OnStorage, pathOf, pathsOf, stage, TASK, textOf } from './storage-helpers.ts'

/** Returns which of these are still staged whole or in part. */
async function left(storage: Storage, all: Readonly<Record<string, HiddenFiles>>): Promise<string[]> {
  const names: string[] = []
  for (const [name, hidden] of Object.entries(all)) if (await storage.isStaged(hidden)) names.push(name)
  return names
}

/** Returns what `Storage` promises of what it removes (docs/internals/protocol.md#3.8). */
export function sweepCases(on: OnStorage, flowsApart: boolean): Case[] {
  /** Publishes the head and sweeps, as a committer does. */
  const commit = async (storage: Storage, head: HiddenFiles, attempt: { n: number; attempt: string }) => {
    await storage.publish(head, true)
    await storage.sweep(TASK, attempt)
  }
  const flows = [
    on('3.8 a sweep leaves other flows alone', async ({ open }, storage) => {
      const others = {
        other: await stage(storage, 1, 'a', ['x'], { ...TASK, flow: 'other' }),
        odd: await stage(storage, 1, 'a', ['x'], { ...TASK, flow: 'a/b ü' }),
      }
      await commit(storage, await stage(storage, 2, 'a'), { n: 2, attempt: 'a' })
      same(await left(open(), others), ['other', 'odd'], 'left')
      await open().sweep({ ...TASK, flow: 'a/b ü' }, { n: 2, attempt: 'a' })
      same(await left(open(), others), ['other'], 'left after the sweep of one')
    }),
  ]
  return [
    on('3.8 a sweep removes what is below the head and other attempts at it, and nothing above', async ({ open }, storage) => {
      const all = {
        '0-a': await stage(storage, 0, 'a', ['x', 'y']),
        '1-b': await stage(open(), 1, 'b'),
        '2-b': await stage(storage, 2, 'b', ['x', 'y']),
        '3-a': await stage(storage, 3, 'a', ['next']),
        '3-c': await stage(open(), 3, 'c'),
        '10-a': await stage(storage, 10, 'a'),
      }
      const head = await stage(storage, 2, 'a', ['head', 'and more'])
      await commit(storage, head, { n: 2, attempt: 'a' })
      same(await left(open(), all), ['3-a', '3-c', '10-a'], 'left')
      same(
        [...new Set(await storage.staged(TASK))].sort((a, b) => a - b),
        [3, 10],
        'numbers',
      )
      same(await pathsOf(storage), [pathOf(2, 0), pathOf(2, 1)].sort(), 'published')
      await storage.publish(head, false)
      await open().publish(all['3-a'], false)
      same([await textOf(storage, pathOf(2)), await textOf(storage, pathOf(3))], ['head', 'next'], 'what may still be published')
    }),
    on('3.8 a sweep that is repeated, where nothing is staged, changes nothing', async ({ open }, storage) => {
      await storage.sweep(TASK, { n: 0, attempt: 'a' })
      const head = await stage(storage, 1, 'a')
      await commit(storage, head, { n: 1, attempt: 'a' })
      for (const process of [storage, open()]) await process.sweep(TASK, { n: 1, attempt: 'a' })
      same([await pathsOf(storage), await storage.staged(TASK)], [[pathOf(1)], []], 'published, staged')
    }),
    on('3.8 a sweep by another process, which publishes the head before, removes the same', async ({ open }, storage) => {
      const all = { '1-z': await stage(storage, 1, 'z'), '2-z': await stage(storage, 2, 'z'), '3-z': await stage(storage, 3, 'z') }
      const head = await stage(storage, 2, 'a')
      const other = open()
      await other.publish(head, false)
      await other.sweep(TASK, { n: 2, attempt: 'a' })
      same(
        (await left(open(), all)).filter((name) => name !== '2-z'),
        ['3-z'],
        'left below and above',
      )
    }),
    on('3.8 a sweep leaves other tasks and other logs alone', async ({ open }, storage) => {
      const others = {
        task: await stage(storage, 1, 'a', ['x'], { ...TASK, task: 'tickets-00' }),
        merge: await stage(storage, 1, 'a', ['x'], { ...TASK, task: 'merge' }),
        log: await stage(storage, 1, 'a', ['x'], { ...TASK, logId: 'bbbb0000' }),
      }
      await commit(storage, await stage(storage, 2, 'a'), { n: 2, attempt: 'a' })
      same(await left(open(), others), ['task', 'merge', 'log'], 'left')
    }),
    ...(flowsApart ? flows : []),
    on('what logs have staged is discarded, and nothing of others', async ({ open }, storage) => {
      const all = {
        flow: await stage(storage, 1, 'a', ['x', 'y']),
        merge: await stage(storage, 7, 'a', ['x'], { ...TASK, task: 'merge' }),
        second: await stage(storage, 1, 'a', ['x'], { ...TASK, logId: 'bbbb0000' }),
        other: await stage(storage, 1, 'a', ['x'], { ...TASK, logId: 'cccc0000' }),
      }
      const published = await stage(storage, 0, 'a')
      await storage.publish(published, true)
      await storage.discardLogs([])
      same((await left(open(), all)).length, 4, 'left where no log is named')
      await open().discardLogs([TASK.logId, 'bbbb0000', 'dddd0000'])
      same([await left(storage, all), await pathsOf(storage)], [['other'], [pathOf(0)]], 'left, published')
    }),
  ]
}
