import { describe, expect, test } from 'vitest'
import { type Change, found } from './changed-storage.fixture.ts'

describe('finds a storage', () => {
  test.each<[string, Change, readonly string[]]>([
    [
      'that shows what is staged',
      (storage) => ({
        stage: async (staging, name, parts, options) => {
          if (Array.isArray(parts)) await storage.replace(name, parts)
          return storage.stage(staging, name, parts, options)
        },
      }),
      ['seen by nobody'],
    ],
    ['that publishes nothing', () => ({ publish: async () => {} }), ['seen by nobody', 'a process that finds a record']],
    [
      'that publishes once',
      (storage) => ({
        publish: async (hidden, isOwn) => {
          if (!(await storage.isStaged(hidden))) throw new Error('not staged')
          await storage.publish(hidden, isOwn)
        },
      }),
      ['publishing again'],
    ],
    [
      'that writes what it publishes again',
      (storage) => ({
        publish: async (hidden, isOwn) => {
          await storage.publish(hidden, isOwn)
          for (const { name } of hidden.files) await storage.replace(name, [(await storage.read(name)) as Uint8Array])
        },
      }),
      ['publishing again'],
    ],
    [
      'that publishes its own alone',
      (storage) => ({ publish: async (hidden, isOwn) => void (isOwn && (await storage.publish(hidden, true))) }),
      ['a process that finds'],
    ],
    [
      'that publishes the first file alone',
      (storage) => ({ publish: (hidden, isOwn) => storage.publish({ ...hidden, files: hidden.files.slice(0, 1) }, isOwn) }),
      ['seen by nobody', 'in part'],
    ],
    [
      'that does not say what is lost',
      (storage) => ({ publish: (hidden, isOwn) => storage.publish(hidden, isOwn).catch(() => {}) }),
      ['lost', 'another origin'],
    ],
    [
      'that publishes over what is there',
      (storage) => ({ publish: (hidden, isOwn) => storage.remove(hidden.files.map(({ name }) => name)).then(() => storage.publish(hidden, isOwn)) }),
      ['another origin', 'publishing again'],
    ],
    ['that discards nothing', () => ({ discard: async () => {} }), ['what is discarded']],
    [
      'that discards what is published',
      (storage) => ({ discard: ({ files }) => storage.remove(files.map(({ name }) => name)) }),
      ['what is discarded', 'two attempts'],
    ],
    [
      'that takes the first piece of a stream',
      (storage) => ({
        stage: async (staging, name, parts, options) => {
          const all: Uint8Array[] = []
          for await (const part of parts) all.push(part)
          return storage.stage(staging, name, Array.isArray(parts) ? all : all.slice(0, 1), options)
        },
      }),
      ['a big file'],
    ],
    [
      'that stages what was cut off',
      (storage) => ({
        stage: async (staging, name, parts, options) => {
          const all: Uint8Array[] = []
          try {
            for await (const part of parts) all.push(part)
          } catch {}
          return storage.stage(staging, name, all, options)
        },
      }),
      ['fails on the way'],
    ],
    ['that always has something staged', () => ({ isStaged: async () => true }), ['what is staged is known', '3.8 a sweep removes']],
    ['that never has', () => ({ isStaged: async () => false }), ['what is staged is known', 'left alone', 'other tasks'].slice(0, 1)],
    ['that is always publishing', () => ({ isPublishing: async () => true }), ['what is staged is known']],
    ['that is never publishing', () => ({ isPublishing: async () => false }), ['what is staged is known']],
    [
      'that makes a place again',
      (storage) => ({ stage: (staging, name, parts) => storage.stage(staging, name, parts, { mustExist: false }) }),
      ['must exist'],
    ],
    ['that stages below what is above', (storage) => ({ staged: async () => (storage.hidden.length > 0 ? [0] : []) }), ['what is staged is known']],
    [
      'that cuts names at a space',
      (storage) => ({
        publish: (hidden, isOwn) =>
          storage.publish(hidden, isOwn).then(() => storage.remove(hidden.files.map(({ name }) => name).filter((name) => / /.test(name)))),
      }),
      ['of any characters are published'],
    ],
  ])('%s', async (_what, change, expected) => {
    const names = await found(change, expected)
    for (const part of expected) expect(names).toContainEqual(expect.stringContaining(part))
  })
})
