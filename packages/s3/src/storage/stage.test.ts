import { Readable } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { type Fault, startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { s3 } from './s3-storage.ts'
import { cutParts, metadataOf } from './stage.ts'

const endpoint = await sharedStore('fenced', 'staging in a bucket')
const staging = '.staging/log1/flow/topic-0/0-a'
const name = 'part-log1-topic-0-0-0.bin'
const task = { logId: 'log1', task: 'topic-0', flow: 'flow' }

const partsOf = async (content: Uint8Array[] | AsyncIterable<Uint8Array>, size: number) => {
  const parts: number[][] = []
  for await (const part of cutParts(content, size)) parts.push([...part])
  return parts
}

test.each<[string, (chunks: Uint8Array[]) => Uint8Array[] | AsyncIterable<Uint8Array>]>([
  ['as a whole', (chunks) => chunks],
  ['as a stream', (chunks) => Readable.from(chunks)],
])('content that comes %s is cut into parts of one size, the last one smaller', async (_, given) => {
  const chunks = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3, 4, 5, 6, 7), Uint8Array.of(8)]
  expect(await partsOf(given(chunks), 3)).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8],
  ])
  expect(await partsOf(given(chunks), 4)).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ])
  expect(await partsOf(given(chunks), 100)).toEqual([[1, 2, 3, 4, 5, 6, 7, 8]])
  expect(await partsOf(given([]), 3)).toEqual([[]])
})

test('parts of a chunk that is there as a whole are not copied', async () => {
  const chunk = new Uint8Array(7)
  for await (const part of cutParts([chunk], 3)) expect(part.buffer).toBe(chunk.buffer)
})

test('a source may fill its chunk again', async () => {
  async function* chunks() {
    const chunk = new Uint8Array(2)
    for (let i = 1; i <= 3; i++) yield chunk.fill(i)
  }
  expect(await partsOf(chunks(), 4)).toEqual([
    [1, 1, 2, 2],
    [3, 3],
  ])
})

test('metadata is ASCII', () => {
  expect(metadataOf(staging)).toBe(staging)
  expect(metadataOf('.staging/Größe')).toBe('.staging/Gr%C3%B6%C3%9Fe')
})

describe.skipIf(!endpoint)('in a store', () => {
  const proxy = startProxy(endpoint ?? '')
  afterAll(async () => (await proxy).stop())
  const make = async () => {
    const store = await proxy
    store.plan([])
    return { store, storage: s3(await placeAt(endpoint ?? '', store.endpoint)) }
  }
  const content = [new Uint8Array(8 << 20).fill(1), new Uint8Array(5).fill(2)]

  const faults: Fault[] = ['lost request', 'lost answer', 'late', 'slow', 'repeated', 'done and 500', 500, 503]
  test.each(faults)('10.3 what is staged is whole when its requests meet "%s"', async (fault) => {
    const { store, storage } = await make()
    store.plan([
      { kind: 'CreateMultipartUpload', at: 1, fault },
      { kind: 'UploadPart', at: 1, fault },
      { kind: 'UploadPart', at: 2, fault },
    ])
    const staged = await storage.stage(staging, name, content, { mustExist: true })
    expect(store.happened).toBe(3)
    await store.settled()
    expect(await storage.names('')).toEqual([])
    await storage.publish({ staging, files: [{ name, ...staged }] }, true)
    expect(Buffer.compare((await storage.read(name)) ?? new Uint8Array(), Buffer.concat(content))).toBe(0)
    // An upload whose id was lost with its answer is swept like any other.
    await storage.sweep(task, { n: 1, attempt: 'b' })
    expect(await storage.staged(task)).toEqual([])
  })

  test('10.3 a part that cannot be sent fails the file, and its upload is aborted', async () => {
    const { store, storage } = await make()
    store.plan([{ kind: 'UploadPart', at: 1, fault: 403 }])
    await expect(storage.stage(staging, name, content, { mustExist: true })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await storage.staged(task)).toEqual([])
  })

  test('10.3 a source that fails fails the file, and its upload is aborted', async () => {
    const { storage } = await make()
    async function* failing() {
      yield new Uint8Array(1)
      throw new Error('no more')
    }
    await expect(storage.stage(staging, name, failing(), { mustExist: true })).rejects.toThrow('no more')
    expect(await storage.staged(task)).toEqual([])
  })
})
