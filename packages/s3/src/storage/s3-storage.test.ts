import { randomBytes } from 'node:crypto'
import type { HiddenFiles } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import { sharedStore, storageIn } from '../../../../test/s3/shared.ts'
import { type S3Storage, s3 } from './s3-storage.ts'

const endpoint = await sharedStore('fenced', 'buckets as storage')
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | null) => content && Buffer.from(content).toString()
const task = { logId: 'log1', task: 'topic-0', flow: 'flow' }
const stagingOf = (n: number, attempt: string) => `.staging/log1/flow/topic-0/${n}-${attempt}`
const nameOf = (n: number, k = 0) => `part-log1-topic-0-${n}-${k}.bin`

async function stage(storage: S3Storage, n: number, attempt: string, content: string, name = nameOf(n)): Promise<HiddenFiles> {
  const staging = stagingOf(n, attempt)
  return { staging, files: [{ name, ...(await storage.stage(staging, name, [bytes(content)], { mustExist: true })) }] }
}

test('places are named by bucket and prefix', async () => {
  const whole = s3({ bucket: 'lake', region: 'eu-central-1' })
  expect(whole.location).toBe('s3://lake')
  const prod = s3({ bucket: 'lake', prefix: 'prod/', region: 'eu-central-1' })
  expect(prod.location).toBe('s3://lake/prod')
  const tickets = prod.below('out/tickets')
  expect(tickets.location).toBe('s3://lake/prod/out/tickets')
  expect(tickets.beside('.v2').location).toBe('s3://lake/prod/out/tickets.v2')
  expect(await tickets.place()).toBe('s3://lake/prod/out/tickets')
  expect(() => whole.beside('.v2')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

describe.skipIf(!endpoint)('in a store', () => {
  const make = () => storageIn(endpoint ?? '')

  test('creates a file once, reads it, replaces it and removes it', async () => {
    const storage = await make()
    expect(await storage.read('a/b')).toBeNull()
    expect(await storage.stat('a/b')).toBeNull()
    expect(await storage.create('a/b', [bytes('on'), bytes('e')])).toBe(true)
    expect(await storage.create('a/b', [bytes('two')])).toBe(false)
    expect(text(await storage.read('a/b'))).toBe('one')
    const before = await storage.stat('a/b')
    expect(before?.size).toBe(3)
    await storage.replace('a/b', [bytes('three')])
    const after = await storage.stat('a/b')
    expect(after?.size).toBe(5)
    expect(after?.version).not.toBe(before?.version)
    expect(await storage.names('')).toEqual(['a'])
    expect(await storage.names('a')).toEqual(['b'])
    await storage.remove(['a/b', 'a/c'])
    await storage.remove(['a/b'])
    await storage.remove([])
    expect(await storage.names('a')).toEqual([])
  })

  test('what is staged is under no name, and published it is read as it was', async () => {
    const storage = await make()
    const content = randomBytes(17 << 20)
    async function* chunks() {
      for (let at = 0; at < content.length; at += 3_000_000) yield content.subarray(at, at + 3_000_000)
    }
    const name = `day=2026-01-31/${nameOf(0)}`
    const staged = await storage.stage(stagingOf(0, 'a'), name, chunks(), { mustExist: true })
    expect(staged.bytes).toBe(content.length)
    await storage.sealStaged(stagingOf(0, 'a'))
    const hidden = { staging: stagingOf(0, 'a'), files: [{ name, ...staged }] }
    expect([await storage.names(''), await storage.stat(name), await storage.staged(task)]).toEqual([[], null, [0]])
    expect(await storage.isStaged(hidden)).toBe(true)
    await storage.publish(hidden, true)
    await storage.publish(hidden, false)
    expect(Buffer.compare((await storage.read(name)) ?? Buffer.alloc(0), content)).toBe(0)
    expect([await storage.isStaged(hidden), await storage.staged(task)]).toEqual([false, []])
    expect(storage.requests).toMatchObject({ CreateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 })
  })

  test('a range of one file costs three requests of the price of a PUT, a listing and a look', async () => {
    const storage = await make()
    const hidden = await stage(storage, 0, 'a', 'one')
    await storage.publish(hidden, true)
    await storage.sweep(task, { n: 0, attempt: 'a' })
    const sent = Object.entries(storage.requests).filter(([, count]) => count > 0)
    expect(Object.fromEntries(sent)).toEqual({
      CreateMultipartUpload: 1,
      UploadPart: 1,
      CompleteMultipartUpload: 1,
      HeadObject: 1,
      ListMultipartUploads: 1,
    })
  })

  test('an empty file can be staged', async () => {
    const storage = await make()
    const hidden = await stage(storage, 0, 'a', '')
    await storage.publish(hidden, true)
    expect(await storage.stat(nameOf(0))).toMatchObject({ size: 0 })
  })

  test('what was discarded cannot be published', async () => {
    const storage = await make()
    const hidden = await stage(storage, 0, 'a', 'one')
    await storage.discard(hidden)
    await storage.discard(hidden)
    expect(await storage.staged(task)).toEqual([])
    await expect(storage.publish(hidden, false)).rejects.toMatchObject({ code: 'STAGED_LOST', retryable: false })
  })

  test('removes what given logs have staged, and nothing of others', async () => {
    const storage = await make()
    const hidden = await stage(storage, 4, 'a', 'one')
    const other = await storage.stage('.staging/log2/flow/topic-0/0-x', 'part-log2-topic-0-0-0.bin', [bytes('two')], { mustExist: true })
    await storage.discardLogs(['log2', 'log3'])
    expect(await storage.staged(task)).toEqual([4])
    expect(await storage.staged({ ...task, logId: 'log2' })).toEqual([])
    const files = [{ name: 'part-log2-topic-0-0-0.bin', ...other }]
    expect(await storage.isStaged({ staging: '.staging/log2/flow/topic-0/0-x', files })).toBe(false)
    await storage.publish(hidden, true)
    expect(text(await storage.read(nameOf(4)))).toBe('one')
  })

  test('says whether a range is being published: some files have their names, others are staged', async () => {
    const storage = await make()
    const first = await stage(storage, 3, 'a', 'one')
    const second = await stage(storage, 3, 'a', 'two', nameOf(3, 1))
    expect(await storage.isPublishing(task, 3, new Map())).toBe(false)
    await storage.publish(first, true)
    const published = new Map([[nameOf(3), nameOf(3)]])
    expect(await storage.isPublishing(task, 3, published)).toBe(true)
    expect(await storage.isPublishing(task, 2, published)).toBe(false)
    await storage.publish(second, true)
    expect(await storage.isPublishing(task, 3, published)).toBe(false)
  })

  test('is checked once for all that lies below', async () => {
    const storage = await make()
    await (await storage.below('a').check())()
    const { PutObject } = storage.requests
    expect(PutObject).toBeGreaterThan(32)
    await storage.below('b').check()
    expect(storage.requests.PutObject).toBe(PutObject)
    expect(await storage.names('')).toEqual([])
  })
})
