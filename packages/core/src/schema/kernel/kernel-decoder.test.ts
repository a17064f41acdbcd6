import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { packArrays } from '../../store/pack-arrays.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { inputSchemas } from '../fast-decoder/input-schemas.fixture.ts'
import { isData, type RowPlan } from '../fast-decoder/rules.ts'
import { schemas } from '../fast-decoder/schemas.fixture.ts'
import { kernelDecoder, pieceDecoder } from './kernel-decoder.ts'
import { pieceOf, planOf } from './piece.fixture.ts'
import type { DecodedPiece, MessagePiece } from './piece.ts'
import { twinDecoder } from './twin-decoder.ts'

afterEach(() => void vi.unstubAllGlobals())

const copied = ({ rows, odd, columns }: DecodedPiece) => ({ rows, odd: [...odd], columns: packArrays(columns).value })

/** Decodes pieces one after the other on the kernel and its twin, and compares them to the last bit. */
function same(plan: RowPlan, pieces: readonly MessagePiece[], time = -1) {
  const [kernel, twin] = [kernelDecoder(plan, time) ?? expect.fail('no kernel'), twinDecoder(plan, time)]
  return pieces.map((piece) => {
    const [there, here] = [copied(kernel(piece)), copied(twin(piece))]
    expect(there).toEqual(here)
    return there
  })
}

const at = '"at":"2026-01-01T00:00:00Z"'

test('all schemas of plain data are decoded by it, but where unknown fields are kept', () => {
  const known = [...schemas, ...inputSchemas].flatMap(({ schema, fast }) => (fast ? [[schema.name, planOf(schema)] as const] : []))
  const plain = known.filter(([, plan]) => isData(plan))
  expect(plain.filter(([, plan]) => !kernelDecoder(plan, 0)).map(([name]) => name)).toEqual(['kept'])
  expect(plain.length).toBeGreaterThan(5)
})

test('where the engine has no WebAssembly SIMD the twin decodes', () => {
  vi.stubGlobal('WebAssembly', { validate: () => false })
  expect(kernelDecoder(planOf(Ticket), 2)).toBeNull()
  const piece = pieceOf(['{}'])
  expect(copied(pieceDecoder(planOf(Ticket), 2)(piece))).toEqual(copied(twinDecoder(planOf(Ticket), 2)(piece)))
})

describe('room', () => {
  const Lists = defineSchema(z.object({ at: instant(), lists: z.array(z.array(z.int()).nullable()), text: z.string().optional() }), {
    name: 'lists',
    time: 'at',
  })

  test('lists of more elements than there was room for', () => {
    const message = (lists: number, elements: number) =>
      `{${at},"lists":${JSON.stringify(Array.from({ length: lists }, (_, i) => (i % 9 ? Array(elements).fill(i) : null)))}}`
    const [first, second, third] = same(planOf(Lists), [
      pieceOf([message(3, 2)]),
      pieceOf([message(700, 9), '{', message(2000, 1), message(2, 30_000)]),
      pieceOf([message(1, 1)]),
    ])
    expect([first?.rows, second?.rows, third?.rows]).toEqual([1, 3, 1])
  })

  test('messages of many megabytes, and small ones after them', () => {
    const long = (size: number) => `{${at},"lists":[],"text":"${'é\\n'.repeat(size / 4)}"}`
    const all = same(planOf(Lists), [pieceOf([long(100)]), pieceOf([long(20 << 20), long(3 << 20)]), pieceOf([long(40)])])
    expect(all.map(({ rows }) => rows)).toEqual([1, 2, 1])
  })

  test('a piece that would take too much memory is left to the twin', () => {
    const wide = defineSchema(
      z.object({ at: instant(), ...Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`t${i}`, z.string().optional()])) }),
      {
        name: 'wide',
        time: 'at',
      },
    )
    const message = `{${at},"t7":"${'x'.repeat(16 << 20)}"}`
    expect(same(planOf(wide), [pieceOf([message]), pieceOf([`{${at}}`])]).map(({ rows }) => rows)).toEqual([1, 1])
  })

  test('a message that lies over another one is odd: the columns have room for each byte once', () => {
    const piece = pieceOf([`{${at},"lists":[],"text":"abc"}`])
    const again = { ...piece, starts: Int32Array.of(7, 7), ends: Int32Array.of(piece.ends[0] as number, piece.ends[0] as number) }
    const { rows, odd } = (kernelDecoder(planOf(Lists), 0) ?? expect.fail('no kernel'))(again)
    expect([rows, [...odd]]).toEqual([1, [1]])
  })
})

test('a row that is given up leaves nothing in the row that comes in its place', () => {
  const full = defineSchema(
    z.object({
      at: instant(),
      text: z.string().nullish(),
      yes: z.boolean().optional(),
      n: z.number().optional(),
      inner: z.object({ list: z.array(z.string()).optional(), kind: z.enum(['a', 'b']).optional() }).optional(),
      last: z.int(),
    }),
    { name: 'full', time: 'at' },
  )
  const some = `${at},"text":"abc","yes":true,"n":1.5,"inner":{"list":["x","y"],"kind":"b"}`
  same(planOf(full), [pieceOf([`{${some},"last":"no"}`, `{${at},"last":1}`, `{${some},"last":null}`, `{${at},"inner":{},"last":2}`])])
})

test('texts and lists of too few, too many, and just as many as are allowed', () => {
  const bounds = defineSchema(z.object({ at: instant(), list: z.array(z.int()).min(1).max(2), text: z.string().min(2).max(3) }), {
    name: 'bounds',
    time: 'at',
  })
  const message = (elements: number, text: string) => `{${at},"list":${JSON.stringify(Array(elements).fill(0))},"text":"${text}"}`
  const lists = [0, 1, 2, 3].map((elements) => message(elements, 'abc'))
  const texts = ['a', 'é', '😱', 'ab', 'éé', 'abc', 'a😱', '😱😱', 'éééé', 'abcd'].map((text) => message(1, text))
  const [decoded] = same(planOf(bounds), [pieceOf([...lists, ...texts])])
  expect(decoded?.odd).toEqual([0, 3, 4, 5, 6, 11, 12, 13])
})

test('a name of more than 16 bytes, and many that begin alike, in any order', () => {
  const names = Array.from({ length: 60 }, (_, i) => `a_name_that_is_longer_than_one_load_${'x'.repeat(i % 7)}_${i}`)
  const schema = defineSchema(z.object({ at: instant(), ...Object.fromEntries(names.map((name) => [name, z.enum(names as [string]).optional()])) }), {
    name: 'names',
    time: 'at',
  })
  const message = (keys: readonly string[]) => `{${keys.map((key, i) => `"${key}":"${names[(i * 7) % 60]}"`).join(',')},${at}}`
  const [decoded] = same(planOf(schema), [
    pieceOf([message(names), message(names.toReversed()), message([`${names[3]}x`]), message([names[5]?.slice(0, -1) as string])]),
  ])
  expect(decoded?.rows).toBe(4)
})

test('objects that are nested too deep for it are left to the twin', () => {
  const nested = (depth: number): z.ZodType => (depth === 0 ? z.int() : z.object({ a: nested(depth - 1) }))
  const schemaOf = (depth: number) => defineSchema(z.object({ at: instant(), a: nested(depth) }), { name: 'deep', time: 'at' })
  expect([20, 40].map((depth) => kernelDecoder(planOf(schemaOf(depth)), 0) === null)).toEqual([false, true])
})
