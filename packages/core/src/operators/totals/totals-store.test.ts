import { expect, test } from 'vitest'
import { StateReader, StateWriter } from './columns/state-bytes.ts'
import { TotalsStore } from './totals-store.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (key: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(key)

function put(store: TotalsStore, key: string, time: number): number {
  const place = store.intern(bytes(key), key.length)
  store.touch(place, time)
  return place
}

const shown = (store: TotalsStore) => {
  const keys: string[] = []
  store.eachUnshown((place) => keys.push(textOf(store.table.keyAt(place))))
  return keys
}

test('what changed is shown once, in the order in which it changed', () => {
  const store = new TotalsStore([])
  for (const key of ['b', 'a', 'b']) put(store, key, 1)
  expect(shown(store)).toEqual(['b', 'a'])
  expect(shown(store)).toEqual([])
  put(store, 'a', 2)
  expect(shown(store)).toEqual(['a'])
})

test('forgets keys whose last row is too old, and writes those that a snapshot holds', () => {
  const store = new TotalsStore([])
  put(store, 'old', 1)
  put(store, 'new', 20)
  store.write(0, new StateWriter())
  put(store, 'unsaved', 2)
  shown(store)
  const gone = new StateWriter()
  store.sweep(11, 10, gone)
  expect([store.table.size, gone.length]).toEqual([3, 0])
  store.sweep(15, 10, gone)
  expect(store.table.size).toBe(1)
  expect(new StateReader(gone.copy()).text()).toBe('old')
  expect(store.bytes).toBeGreaterThan(0)
  // The places of those keys are used again.
  put(store, 'other', 16)
  expect([store.table.top, shown(store)]).toEqual([3, ['other']])
})

test('a row that is older than all before it makes its key go, too', () => {
  const store = new TotalsStore([])
  put(store, 'a', 30)
  shown(store)
  store.sweep(35, 10, new StateWriter())
  put(store, 'b', 25)
  shown(store)
  store.sweep(36, 10, new StateWriter())
  expect(store.table.size).toBe(1)
})

test('a key that a snapshot gave back is written when it goes, and one that is dropped is held no more', () => {
  const store = new TotalsStore([])
  put(store, 'a', 1)
  const out = new StateWriter()
  store.write(0, out)
  const again = new TotalsStore([])
  again.read(new StateReader(out.copy()))
  const gone = new StateWriter()
  again.sweep(20, 10, gone)
  expect([again.table.size, new StateReader(gone.copy()).text()]).toEqual([0, 'a'])
  store.drop(bytes('a'))
  store.drop(bytes('b'))
  expect(store.table.size).toBe(0)
})
