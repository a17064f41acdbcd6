import { describe, expect, it } from 'vitest'
import { stagingName } from '../connectors/staging-names.ts'
import { memoryStorage } from './memory-storage.ts'

const task = { logId: 'log1', flow: 'all', task: 'tickets-0' }
const bytes = (text: string) => new TextEncoder().encode(text)
const staging = stagingName(task, 0, 'a')
const stage = async (storage = memoryStorage(), text = 'x') => {
  await storage.stage(staging, 'part-1', [bytes(text)], { mustExist: false })
  return { storage, hidden: { staging, files: [{ name: 'part-1', bytes: 1, crc32: 0x8cdc1683 }] } }
}

describe('a memory storage', () => {
  it('outlives who uses it, and shows what readers see and what is hidden', async () => {
    const { storage, hidden } = await stage()
    await storage.sealStaged(staging)
    expect([[...storage.files.keys()], storage.hidden]).toEqual([[], [`${staging}/part-1`]])
    await storage.open().publish(hidden, false)
    expect([[...storage.files], storage.hidden]).toEqual([[['part-1', bytes('x')]], []])
  })

  it('refuses to publish what was not sealed', async () => {
    const { storage, hidden } = await stage()
    await expect(storage.publish(hidden, true)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('sealStaged') })
    await storage.sealStaged(staging)
    await stage(storage)
    await expect(storage.publish(hidden, true)).rejects.toMatchObject({ code: 'SINK_FAILED' })
  })

  it.each([
    ['another size, also by the process that staged it', 'xy', true],
    ['another checksum, by another process', 'y', false],
  ])('refuses to publish %s', async (_, text, isOwn) => {
    const { storage, hidden } = await stage(memoryStorage(), text)
    await storage.sealStaged(staging)
    await expect(storage.publish(hidden, isOwn)).rejects.toMatchObject({ code: 'STAGED_DAMAGED' })
    expect([storage.files.size, storage.hidden.length]).toEqual([0, 1])
  })

  it('has its name in its location, and a place of its own for each call, path and suffix', async () => {
    const [one, other] = [memoryStorage('shop'), memoryStorage('shop')]
    expect([one.location, one.below('a/b').location]).toEqual(['memory://shop', 'memory://shop/a/b'])
    expect(await one.place()).not.toBe(await other.place())
    expect(await one.open().below('a').place()).toBe(await one.below('a').place())
  })

  it('is gone with all that is in it when it is cleared, and what lies beside it is not', async () => {
    const storage = memoryStorage()
    const { hidden } = await stage(storage.below('a'))
    for (const path of ['a/x', 'ab/y']) await storage.create(path, [bytes(path)])
    storage.below('a').clear()
    expect([[...storage.files.keys()], storage.hidden]).toEqual([['ab/y'], []])
    await expect(storage.below('a').publish(hidden, false)).rejects.toMatchObject({ code: 'STAGED_LOST' })
  })

  it.each([['../x'], ['a//b'], [''], ['/a'], ['a/.']])('refuses the path %j', async (path) => {
    await expect(memoryStorage().read(path)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
