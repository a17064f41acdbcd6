import { describe, expect, test } from 'vitest'
import { memoryStorage } from '../memory-storage.ts'
import { type Change, found } from './changed-storage.fixture.ts'
import { storageContract } from './storage-contract.ts'

describe('memoryStorage', () => {
  const make = async () => {
    const storage = memoryStorage()
    return {
      open: () => storage.open(),
      clear: async () => storage.clear(),
      publishSome: (hidden: Parameters<typeof storage.publish>[0], count: number) =>
        storage.publish({ ...hidden, files: hidden.files.slice(0, count) }, true),
    }
  }
  for (const { name, run } of storageContract({ make })) test(name, run)
})

describe('finds a storage', () => {
  test.each<[string, Change, readonly string[]]>([
    [
      'that creates over what is there',
      (storage) => ({ create: (path, parts) => storage.replace(path, parts).then(() => true) }),
      ['3.1 a', '3.1 of'],
    ],
    [
      'that looks and then creates',
      (storage) => ({
        create: async (path, parts) => {
          if (await storage.stat(path)) return false
          await storage.replace(path, parts)
          return true
        },
      }),
      ['3.1 of'],
    ],
    ['that says created in any case', (storage) => ({ create: (path, parts) => storage.create(path, parts).then(() => true) }), ['3.1 a', '3.1 of']],
    ['that writes the first part alone', (storage) => ({ create: (path, parts) => storage.create(path, parts.slice(0, 1)) }), ['3.1 a', '3.1 of']],
    [
      'that appends where it replaces',
      (storage) => ({
        replace: async (path, parts) => storage.replace(path, [(await storage.read(path)) ?? new Uint8Array(), ...parts]),
      }),
      ['a file is replaced'],
    ],
    [
      'that has one version for a path',
      (storage) => ({ stat: async (path) => ((s) => s && { ...s, version: path })(await storage.stat(path)) }),
      ['`stat`'],
    ],
    [
      'that has an empty file where there is none',
      (storage) => ({ read: async (path) => (await storage.read(path)) ?? new Uint8Array() }),
      ['where'],
    ],
    [
      'that names what begins alike',
      (storage) => ({
        names: async (folder) => [...storage.files.keys()].filter((path) => path.startsWith(folder)).map((path) => path.split('/').at(-1) ?? ''),
      }),
      ['`names`'],
    ],
    ['that walks nowhere else than there is', (storage) => ({ walk: async (accepts) => (await storage.walk(accepts)) ?? new Map() }), ['where']],
    [
      'that walks into all folders',
      (storage) => ({ walk: async ({ file }) => storage.walk({ file, folder: (name) => name !== '.staging' }) }),
      ['`walk`'],
    ],
    [
      'that walks in no order',
      (storage) => ({ walk: async (accepts) => ((f) => f && new Map([...f].reverse()))(await storage.walk(accepts)) }),
      ['`walk`'],
    ],
    ['that removes nothing', () => ({ remove: async () => {} }), ['removing']],
    [
      'that does not remove what is gone',
      (storage) => ({
        remove: async (paths) => {
          for (const path of paths) if (!(await storage.stat(path))) throw new Error('gone')
          await storage.remove(paths)
        },
      }),
      ['where', 'removing'],
    ],
    ['whose check cannot be undone', (storage) => ({ check: () => storage.create('trial', []).then(() => async () => {}) }), ['1.3 the check']],
    ['whose check is undone at any cost', (storage) => ({ check: async () => async () => storage.clear() }), ['1.3 undoing']],
    ['that is one place at all paths', () => ({ place: async () => 'place' }), ['1.4']],
    ['that escapes names', (storage) => ({ names: async (folder) => (await storage.names(folder)).map(encodeURIComponent) }), ['names of any']],
    ['whose paths below are its own', (storage) => ({ below: () => storage }), ['what lies below']],
    ['that is its own neighbour', (storage) => ({ beside: () => storage }), ['what lies beside']],
    ['that takes new files for leftovers', (storage) => ({ removeLeftovers: async () => storage.clear() }), ['3.4']],
  ])('%s', async (_what, change, expected) => {
    const names = await found(change, expected)
    for (const start of expected) expect(names).toContainEqual(expect.stringContaining(start))
  })
})

test('leaves out the cases that a store does not promise', async () => {
  const make = async () => ({ open: () => memoryStorage() })
  const names = (options: object) => storageContract({ make, ...options }).map(({ name }) => name)
  const all = names({})
  expect(all.filter((name) => !names({ fences: false }).includes(name))).toEqual([expect.stringMatching(/^3.1 of many/)])
  expect(all.filter((name) => !names({ flowsApart: false }).includes(name))).toEqual([expect.stringContaining('other flows')])
})
