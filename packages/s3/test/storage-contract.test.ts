import { storageContract } from '@tickets/core/testing'
import { s3 } from '@tickets/s3'
import { describe, test } from 'vitest'
import { placeAt, sharedStore } from '../../../test/s3/shared.ts'

const [fenced, racing] = [
  await sharedStore('fenced', 'the contract of storages in a bucket'),
  await sharedStore('racing', 'the contract in a second store'),
]

/** This store also mixes up the uploads of one key: aborting or completing one takes the parts of another, or its object. */
const mixed = [
  'a file of another origin is never replaced, and what was staged for its name stays',
  '3.11 two attempts at one range do not touch each other',
  '3.8 a sweep removes what is below the head and other attempts at it, and nothing above',
]

describe.skipIf(!fenced)('in a store with conditional writes', () => {
  const make = async () => {
    const place = await placeAt(fenced ?? '')
    return {
      open: () => s3(place),
      publishSome: async (hidden: Parameters<ReturnType<typeof s3>['publish']>[0], count: number) =>
        s3(place).publish({ ...hidden, files: hidden.files.slice(0, count) }, true),
    }
  }
  for (const { name, run } of storageContract({ make, flowsApart: false })) test(name, run)
})

describe.skipIf(!racing)('in a store whose conditional writes race, but for the fence', () => {
  const make = async () => {
    const place = await placeAt(racing ?? '')
    // The check refuses this store, which is another test.
    return { open: () => unchecked(s3(place)) }
  }
  for (const { name, run } of storageContract({ make, flowsApart: false, fences: false })) test.skipIf(mixed.includes(name))(name, run)
})

/** Returns a storage whose check does nothing, and so do those below and beside it. */
function unchecked<S extends ReturnType<typeof s3>>(storage: S): S {
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'check') return async () => async () => {}
      const value: unknown = Reflect.get(target, name, target)
      if (name === 'below' || name === 'beside') return (path: string) => unchecked(target[name](path))
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
