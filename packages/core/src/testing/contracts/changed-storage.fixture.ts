import type { Storage } from '../../connectors/storage.ts'
import { type MemoryStorage, memoryStorage } from '../memory-storage.ts'
import { failing } from './failing.fixture.ts'
import { storageContract } from './storage-contract.ts'

export type Change = (storage: MemoryStorage) => Partial<Storage>

/** Returns a storage that is right but for what `change` replaces; what is opened from it and lies below it is changed too. */
export function changed(storage: MemoryStorage, change: Change): MemoryStorage {
  const changes: { readonly [key: string]: unknown } = { ...change(storage) }
  return new Proxy(storage, {
    get(_, key: keyof MemoryStorage) {
      if (key in changes) return changes[key]
      if (key === 'open') return () => changed(storage.open(), change)
      if (key === 'below') return (path: string) => changed(storage.below(path), change)
      const value = storage[key] as unknown
      return typeof value === 'function' ? value.bind(storage) : value
    },
  })
}

/** Returns which cases of the contract find a changed storage, of those that have one of these texts in their names. */
export const found = (change: Change, among: readonly string[]): Promise<string[]> =>
  failing(
    storageContract({
      make: async () => {
        const storage = memoryStorage()
        return {
          open: () => changed(storage.open(), change),
          clear: async () => storage.clear(),
          publishSome: (hidden, count) => storage.publish({ ...hidden, files: hidden.files.slice(0, count) }, true),
        }
      },
    }).filter(({ name }) => among.some((text) => name.includes(text))),
  )
