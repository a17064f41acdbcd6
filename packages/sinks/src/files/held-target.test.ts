import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { describe, expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import { HeldTarget, takeOwnership } from './owner.ts'

describe('a target that is looked at before and after every publish', () => {
  /** A target of the log `a`, whose mark is of some days ago, and how often the mark is read. */
  async function held() {
    const target = await folder()
    await mkdir(join(target, '.staging'))
    await takeOwnership(storageAt(target), 'a', false)
    const mark = join(target, '.staging/owner.tickets')
    await utimes(mark, 1_700_000_000, 1_700_000_000)
    let reads = 0
    const readFile: FileLayer['readFile'] = (path) => {
      reads++
      return nodeFiles.readFile(path)
    }
    return { target, mark, looked: new HeldTarget(storageAt(target, { ...nodeFiles, readFile }), 'a'), reads: () => reads }
  }

  test('is read once while its mark is the same file', async () => {
    const { looked, reads } = await held()
    for (let i = 0; i < 5; i++) await looked.check()
    expect([reads(), await looked.owner()]).toEqual([1, { log: 'a', before: [] }])
  })

  test.each([
    ['taken over', async (target: string) => void (await takeOwnership(storageAt(target), 'b', true)), 'TARGET_OWNED'],
    ['written in place', (_: string, mark: string) => writeFile(mark, JSON.stringify({ log: 'b', before: [] })), 'TARGET_OWNED'],
    ['deleted', (target: string) => rm(target, { recursive: true }), 'TARGET_LOST'],
    ['a file by now', async (target: string) => rm(target, { recursive: true }).then(() => writeFile(target, '')), 'TARGET_LOST'],
  ] as const)('that was %s is found out at once', async (_, change, code) => {
    const { target, mark, looked } = await held()
    await looked.check()
    await change(target, mark)
    for (let i = 0; i < 2; i++) await expect(looked.check()).rejects.toMatchObject({ code })
  })

  test('whose mark is so new that it could change within the same moment is read each time', async () => {
    const { mark, looked, reads } = await held()
    const soon = Date.now() / 1000 + 60
    await utimes(mark, soon, soon)
    for (let i = 0; i < 3; i++) await looked.check()
    expect(reads()).toBe(3)
  })
})
