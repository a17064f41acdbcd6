import { beforeAll, describe, expect, test } from 'vitest'
import { anyTarget, type Target } from '../target.ts'
import { converterOf } from './convert.ts'
import { protoMessages } from './files.ts'
import { loadProtobufjs } from './load.ts'

beforeAll(loadProtobufjs)

const member = (path: string, kind: Target['kind'], more: Partial<Target> = {}): Target => ({
  path,
  kind,
  isRequired: false,
  ofNull: 'null',
  ...more,
})
const struct = (members: Record<string, Target>, more: Partial<Target> = {}): Target =>
  member('', 'struct', { members: new Map(Object.entries(members)), ...more })

/** Encodes and decodes a value of the first message, and returns its JSON. */
function converted(text: string, value: object, target: Target): unknown {
  const type = protoMessages(`syntax = "proto3"; import "google/protobuf/wrappers.proto"; ${text}`, [])[0]?.type
  if (!type) throw new Error('no message')
  return converterOf(type, target)(type.decode(type.encode(type.fromObject(value)).finish()) as never)
}

describe('a field that is absent', () => {
  const text = `message A { string plain = 1; optional string opt = 2; In in = 3; oneof one { string left = 4; int32 right = 5; }
    google.protobuf.StringValue wrapped = 6; repeated int32 list = 7; map<string, int32> map = 8; E e = 9; int64 wide = 10; }
    message In { int32 x = 1; } enum E { ZERO = 0; ONE = 1; }`
  const members = Object.fromEntries(
    (
      [
        ['plain', 'string'],
        ['opt', 'string'],
        ['in', 'struct', { members: new Map() }],
        ['left', 'string'],
        ['right', 'int32'],
        ['wrapped', 'string'],
        ['list', 'list', { element: member('list.element', 'int32') }],
        ['map', 'map', { element: member('map.value', 'int32') }],
        ['e', 'enum'],
        ['wide', 'integer'],
      ] as const
    ).map(([name, kind, more]) => [name, member(name, kind, more)]),
  )

  test('is its default where it has no presence, and null where it has', () => {
    expect(converted(text, {}, struct(members))).toEqual({
      plain: '',
      opt: null,
      in: null,
      left: null,
      right: null,
      wrapped: null,
      list: [],
      map: {},
      e: 'ZERO',
      wide: 0,
    })
  })

  test('is left out where the column is optional', () => {
    expect(converted(text, { plain: 'p' }, struct({ plain: member('plain', 'string'), opt: member('opt', 'string', { ofNull: 'omit' }) }))).toEqual({
      plain: 'p',
    })
  })

  test('differs from one that has the default as its value', () => {
    const row = converted(text, { opt: '', in: {}, right: 0, wrapped: { value: '' } }, struct(members))
    expect(row).toMatchObject({ opt: '', in: {}, left: null, right: 0, wrapped: '' })
  })
})

test('whole numbers of 64 bits are exact as text and decimals, and invalid as numbers', () => {
  const text = 'message A { int64 a = 1; uint64 b = 2; sfixed64 c = 3; }'
  const value = { a: '-9223372036854775808', b: '18446744073709551615', c: '9007199254740993' }
  const kinds = (kind: Target['kind']) => struct({ a: member('a', kind), b: member('b', kind), c: member('c', kind) })
  expect(converted(text, value, kinds('string'))).toEqual(value)
  expect(converted(text, value, kinds('decimal'))).toEqual(value)
  expect(() => converted(text, { c: value.c }, kinds('integer'))).toThrow('c: 9007199254740993 is beyond 2^53')
  expect(converted(text, { a: 2 ** 53 - 1 }, kinds('integer'))).toEqual({ a: 2 ** 53 - 1, b: 0, c: 0 })
})

test('a required column that the message does not have is refused by its path, as are other types', () => {
  const text = 'message A { In in_ner = 1; repeated In all = 2; } message In { int32 x = 1; }'
  const inner = struct({ y: member('inNer.y', 'string', { isRequired: true }) }, { path: 'inNer' })
  expect(() => converted(text, {}, struct({ inNer: inner }))).toThrow(/^inNer\.y is required here, and messages do not have it \(they have x\)/)
  expect(() => converted(text, {}, struct({ all: member('all', 'string') }))).toThrow('all is repeated in messages, and string here')
  expect(() => converted(text, {}, struct({ in_ner: member('in_ner', 'boolean') }))).toThrow('in_ner is a message in messages, and boolean here')
})

test('columns may have the names of the JSON of a message', () => {
  expect(converted('message A { int32 client_id = 1; }', { client_id: 5 }, struct({ clientId: member('clientId', 'int32') }))).toEqual({
    clientId: 5,
  })
})

test('what no column describes comes whole, even if it contains itself', () => {
  const text = 'message A { int32 x = 1; A next = 2; repeated A all = 3; map<int32, string> names = 4; bytes raw = 5; }'
  const value = { x: 1, next: { x: 2 }, all: [{ x: 3 }], names: { 7: 'seven' }, raw: Buffer.from([1, 2]) }
  const leaf = (x: number) => ({ x, next: null, all: [], names: {}, raw: '' })
  expect(converted(text, value, anyTarget('c'))).toEqual({ x: 1, next: leaf(2), all: [leaf(3)], names: { 7: 'seven' }, raw: 'AQI=' })
})
