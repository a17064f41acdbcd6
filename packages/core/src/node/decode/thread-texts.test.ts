import { expect, test } from 'vitest'
import type { Field } from '../../store/field.ts'
import { ThreadTexts } from './thread-texts.ts'

const field = (kind: Field['kind']): Field => ({ name: kind, kind, values: [], optional: false, nullable: false })
const said = (first: number, texts: readonly string[], numbers: readonly number[]) => ({
  column: 1,
  first,
  numbers: Int32Array.from(numbers),
  ends: Int32Array.from([0, ...texts.map((_, i) => texts.slice(0, i + 1).join('').length)]),
  bytes: new Uint8Array(Buffer.from(texts.join(''))),
})

test('wants the texts that somebody asked for, in the order of the fields', () => {
  const texts = new ThreadTexts(['string', 'integer', 'string', 'string'].map((kind) => field(kind as Field['kind'])))
  const given = texts.take([])
  expect(given.map((one) => one?.numbered)).toEqual([null, undefined, null, null])
  expect(texts.wanted).toEqual([])
  for (const f of [3, 0]) if (given[f]) given[f].request.isWanted = true
  expect(texts.wanted).toEqual([0, 3])
})

test('texts are added from answer to answer, and are others when numbers begin anew', () => {
  const texts = new ThreadTexts([field('json'), field('string')])
  const take = (...given: Parameters<typeof said>) => texts.take([said(...given)])[1]?.numbered
  const first = take(0, ['a', 'bc'], [0, 1, -1])
  expect([...(first?.numbers ?? [])]).toEqual([0, 1, -1])
  const second = take(2, ['d'], [2])
  expect([second?.texts === first?.texts, second?.texts.size]).toEqual([true, 3])
  const third = take(0, ['x'], [0])
  expect([third?.texts === first?.texts, third?.texts.size, first?.texts.size]).toEqual([false, 1, 3])
})
