import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '../../base/json.ts'
import { TextCodes } from '../../batch/text-codes.ts'
import { Distinct } from './distinct.ts'
import { Dictionaries } from './text-dictionary.ts'
import type { TextSet } from './text-set.ts'

const kinds = [new TextCodes(), new TextCodes()]
const value = fc.integer({ min: 0, max: 300 }).map((i) => `CLIENT_${i}`)
const step = fc.oneof(
  fc.record({ do: fc.constant('code' as const), value, of: fc.integer({ min: 0, max: 1 }), to: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ do: fc.constant('code' as const), value, of: fc.constant(0), to: fc.constant(0) }),
  fc.record({ do: fc.constant('plain' as const), value, of: fc.constant(0), to: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ do: fc.constant('merge' as const), value, of: fc.integer({ min: 0, max: 2 }), to: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ do: fc.constant('compact' as const), value, of: fc.constant(0), to: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ do: fc.constant('json' as const), value, of: fc.constant(0), to: fc.integer({ min: 0, max: 2 }) }),
)

it('holds what a set holds, however its values come', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const ours = [new Distinct(), new Distinct(), new Distinct()]
      const sets = [new Set<Json>(), new Set<Json>(), new Set<Json>()]
      for (const { do: kind, value, of, to } of steps) {
        const [distinct, set, texts] = [ours[to] as Distinct, sets[to] as Set<Json>, kinds[of % 2] as TextCodes]
        if (kind === 'json') {
          ours[to] = Distinct.of(JSON.parse(JSON.stringify(distinct.toJson())))
          continue
        }
        if (kind === 'compact') {
          const compact = distinct.toSet(new Dictionaries())
          if (compact) ours[to] = Distinct.ofSet(compact)
          continue
        }
        if (kind === 'merge') {
          distinct.merge(ours[of] as Distinct)
          for (const each of sets[of] as Set<Json>) set.add(each)
          continue
        }
        if (kind === 'code') distinct.addCode(texts, texts.codeOfText(value))
        else distinct.add(value)
        set.add(value)
      }
      ours.forEach((distinct, i) => {
        expect(distinct.toJson().sort()).toEqual([...(sets[i] as Set<Json>)].sort())
        expect(distinct.size).toBe(sets[i]?.size)
      })
    }),
    { numRuns: 300 },
  )
})

it('takes in a set in compact form when it is empty, whatever it held values in, and codes and values after that', () => {
  const [texts] = kinds as [TextCodes]
  const members = ['a', 'b', 'c', 'd', 'e', 'f']
  const full = new Distinct()
  for (const member of members) full.addCode(texts, texts.codeOfText(member))
  const compact = () => Distinct.ofSet(full.toSet(new Dictionaries()) as TextSet)
  for (const empty of [new Distinct(), Distinct.of([])]) {
    empty.merge(compact())
    expect(empty.size).toBe(6)
    empty.addCode(texts, texts.codeOfText('g'))
    empty.add('h')
    expect(empty.toJson().sort()).toEqual([...members, 'g', 'h'])
  }
  const same = compact()
  expect(same.toSet(new Dictionaries())).toMatchObject({ size: 6 })
  expect(Distinct.of(members).toSet(new Dictionaries())).toBeNull()
})
