import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HASHES, hashOf, KeyTable } from './key-table.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const intern = (table: KeyTable, text: string) => table.intern(bytes(text), text.length)
const find = (table: KeyTable, text: string) => table.find(bytes(text), text.length)
const textAt = (table: KeyTable, place: number) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(table.keyAt(place))

test('agrees with a Map, whatever comes and goes', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 60 })), { maxLength: 300 })
  fc.assert(
    fc.property(steps, (all) => {
      const table = new KeyTable()
      const plain = new Map<string, number>()
      for (const [comes, number] of all) {
        const key = `k${number}`
        if (comes) {
          const place = intern(table, key)
          expect(place).toBe(plain.get(key) ?? place)
          plain.set(key, place)
        } else if (plain.has(key)) {
          table.remove(plain.get(key) as number)
          plain.delete(key)
        }
      }
      expect(table.size).toBe(plain.size)
      expect(new Set(plain.values()).size).toBe(plain.size)
      for (let number = 0; number <= 60; number++) expect(find(table, `k${number}`)).toBe(plain.get(`k${number}`) ?? -1)
      for (const [key, place] of plain) expect(textAt(table, place)).toBe(key)
    }),
  )
})

test('a place that is free is used again, and gaps between keys are closed', () => {
  const table = new KeyTable()
  const long = 'x'.repeat(100_000)
  for (let i = 0; i < 200; i++) intern(table, `${i}${long}`)
  const { bytes: held, top } = table
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 200; i++) table.remove(find(table, `${i + round * 200}${long}`))
    for (let i = 0; i < 200; i++) intern(table, `${i + (round + 1) * 200}${long}`)
  }
  expect(table.top).toBe(top)
  expect(table.bytes).toBeLessThan(held * 2.5)
  expect(find(table, `1000${long}`)).toBeGreaterThanOrEqual(0)
})

test('visits each key once, part by part, in the order of hashes, although keys come and the table grows between two parts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9 }), (count, part, more) => {
      const table = new KeyTable()
      for (let i = 0; i < count; i++) intern(table, `k${i}`)
      const seen: string[] = []
      let added = 0
      for (let from = 0; from < HASHES; ) {
        let wanted = part
        const before = seen.length
        from = table.visit(
          from,
          () => wanted <= 0,
          (place) => {
            wanted--
            seen.push(textAt(table, place))
          },
        )
        if (from < HASHES) expect(seen.length - before).toBeGreaterThanOrEqual(part)
        for (let i = 0; i < more; i++) intern(table, `new${added++}`)
      }
      const old = seen.filter((key) => key.startsWith('k'))
      expect(old.length).toBe(count)
      expect(new Set(old).size).toBe(count)
      expect(new Set(seen).size).toBe(seen.length)
    }),
  )
})

test('hashes are those that states on disk are in the order of', () => {
  expect(['', 'a', 'CLIENT_1042'].map((text) => hashOf(bytes(text), text.length) >>> 0)).toEqual([2_872_998_923, 444_641_715, 1_261_361_929])
})
