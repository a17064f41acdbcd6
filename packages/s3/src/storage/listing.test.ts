import { describe, expect, test } from 'vitest'
import { sharedStore, storageIn } from '../../../../test/s3/shared.ts'
import { namesIn, toStored } from './listing.ts'

const endpoint = await sharedStore('fenced', 'listings')
const accepts = { file: (name: string) => name.startsWith('part-'), folder: (name: string) => name.includes('=') }

test('the version of an object changes with its content and with its time', () => {
  const versions = [
    { size: 1, modified: 1000, etag: '"a"' },
    { size: 1, modified: 1000, etag: '"b"' },
    { size: 1, modified: 2000, etag: '"a"' },
  ].map((info) => toStored(info).version)
  expect(new Set(versions).size).toBe(3)
})

test('objects that stand for a folder have no name', async () => {
  const list = async function* () {
    yield {
      objects: new Map([
        ['p/', {}],
        ['p/a', {}],
      ]),
      folders: ['p/b/', 'p/.tickets-probe/'],
    }
  }
  expect(await namesIn({ list } as never, 'p', '')).toEqual(['a', 'b'])
})

describe.skipIf(!endpoint)('in a store', () => {
  test('a walk finds the accepted files, sorted, with what a stat says', async () => {
    const storage = await storageIn(endpoint ?? '')
    expect(await storage.walk(accepts)).toBeNull()
    const paths = [
      'part-b',
      'day=2/part-a',
      'day=1/hour=3/part-c',
      'day=1/part-Ä',
      'other/part-x',
      'day=1/other/part-x',
      'day=1/notes',
      '.staging/owner.tickets',
    ]
    for (const path of paths) await storage.replace(path, [new TextEncoder().encode(path)])
    const found = await storage.walk(accepts)
    expect([...(found?.keys() ?? [])]).toEqual(['day=1/hour=3/part-c', 'day=1/part-Ä', 'day=2/part-a', 'part-b'])
    for (const [path, file] of found ?? []) expect(file).toEqual(await storage.stat(path))
    expect((await storage.names('day=1')).toSorted()).toEqual(['hour=3', 'notes', 'other', 'part-Ä'].toSorted())
  })

  test('a folder with a .staging of its own is another dataset', async () => {
    const storage = await storageIn(endpoint ?? '')
    for (const path of ['part-a', 'v=1/part-b', 'v=1/w=1/part-c', 'v=1/.staging/owner.tickets', 'v=10/part-d'])
      await storage.replace(path, [new Uint8Array(1)])
    expect([...((await storage.walk(accepts))?.keys() ?? [])]).toEqual(['part-a', 'v=10/part-d'])
    expect([...((await storage.below('v=1').walk(accepts))?.keys() ?? [])]).toEqual(['part-b', 'w=1/part-c'])
  })

  test('a place that has only other files exists', async () => {
    const storage = await storageIn(endpoint ?? '')
    await storage.replace('notes', [new Uint8Array(1)])
    expect(await storage.walk(accepts)).toEqual(new Map())
  })

  test('places whose names begin alike do not see each other', async () => {
    const storage = await storageIn(endpoint ?? '')
    await storage.below('out2').replace('part-a', [new Uint8Array(1)])
    expect(await storage.below('out').walk(accepts)).toBeNull()
    expect(await storage.below('out').names('')).toEqual([])
  })
})
