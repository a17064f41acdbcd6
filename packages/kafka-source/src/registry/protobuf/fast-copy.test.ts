import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { JsonOut } from '../json-out.ts'
import type { Target } from '../target.ts'
import { converterOf } from './convert.ts'
import { fastCopyOf } from './fast-copy.ts'
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
const struct = (path: string, members: Record<string, Target>): Target => member(path, 'struct', { members: new Map(Object.entries(members)) })

const text = `syntax = "proto3"; import "google/protobuf/timestamp.proto";
message A {
  string text = 1; optional string opt = 2; bool yes = 3; double real = 4; float half = 5; bytes raw = 6;
  int32 i32 = 7; uint32 u32 = 8; sint32 s32 = 9; int64 i64 = 10; uint64 u64 = 11; sint64 s64 = 12;
  fixed32 f32 = 13; fixed64 f64 = 14; sfixed32 sf32 = 15; sfixed64 sf64 = 16;
  E level = 17; google.protobuf.Timestamp at = 18; In in = 19; repeated In all = 20; repeated string names = 21; repeated sint64 packed = 22;
  int64 exact = 23; string unknown = 24; oneof one { int32 left = 25; string right = 26; } repeated E levels = 27;
}
message In { int32 x = 1; string y = 2; }
enum E { ZERO = 0; ONE = 1; }`

const inside = (path: string) => struct(path, { x: member(`${path}.x`, 'int32'), y: member(`${path}.y`, 'string', { ofNull: 'omit' }) })
const wide = ['i32', 'u32', 's32', 'i64', 'u64', 's64', 'f32', 'f64', 'sf32', 'sf64']
const target = struct('', {
  text: member('text', 'string'),
  opt: member('opt', 'string', { ofNull: 'omit' }),
  yes: member('yes', 'boolean'),
  real: member('real', 'number'),
  half: member('half', 'number'),
  raw: member('raw', 'bytes'),
  ...Object.fromEntries(wide.map((name) => [name, member(name, 'integer')])),
  level: member('level', 'enum'),
  at: member('at', 'instant', { time: 'iso' }),
  in: inside('in'),
  all: member('all', 'list', { element: inside('all.element') }),
  names: member('names', 'list', { element: member('names.element', 'string') }),
  packed: member('packed', 'list', { element: member('packed.element', 'integer') }),
  levels: member('levels', 'list', { element: member('levels.element', 'string') }),
  exact: member('exact', 'decimal'),
  left: member('left', 'int32'),
  right: member('right', 'string'),
})

const setup = (definition = text, to = target) => {
  const type = protoMessages(definition, [])[0]?.type
  if (!type) throw new Error('no message')
  const slow = converterOf(type, to)
  const fast = fastCopyOf(type, to)
  /** What both make of the bytes: undefined where fast leaves it to protobufjs, an error where that refuses. */
  const both = (bytes: Uint8Array) => {
    const out = new JsonOut()
    const isSure = fast?.(bytes, out)
    const made = isSure ? JSON.parse(Buffer.from(out.bytes.subarray(0, out.length)).toString()) : undefined
    try {
      return { made, truth: JSON.parse(JSON.stringify(slow(type.decode(bytes) as never))) }
    } catch (error) {
      return { made, truth: error }
    }
  }
  return { type, fast, both }
}

const int = { min: -(2 ** 31), max: 2 ** 31 - 1 }
const uint = { min: 0, max: 2 ** 32 - 1 }
const inner = fc.record({ x: fc.integer(int), y: fc.string({ unit: 'binary' }) }, { requiredKeys: [] })
const messages = fc.record(
  {
    text: fc.string({ unit: 'binary' }),
    opt: fc.string(),
    yes: fc.boolean(),
    real: fc.double(),
    half: fc.float(),
    raw: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    i32: fc.integer(int),
    u32: fc.integer(uint),
    s32: fc.integer(int),
    i64: fc.maxSafeInteger(),
    u64: fc.maxSafeNat(),
    s64: fc.maxSafeInteger(),
    f32: fc.integer(uint),
    f64: fc.maxSafeNat(),
    sf32: fc.integer(int),
    sf64: fc.maxSafeInteger(),
    level: fc.constantFrom(0, 1, 7),
    at: fc.record({ seconds: fc.integer({ min: -(10 ** 10), max: 10 ** 10 }), nanos: fc.nat(999_999_999) }),
    in: inner,
    all: fc.array(inner, { maxLength: 3 }),
    names: fc.array(fc.string(), { maxLength: 3 }),
    packed: fc.array(fc.maxSafeInteger(), { maxLength: 3 }),
    levels: fc.array(fc.constantFrom(0, 1), { maxLength: 3 }),
    exact: fc.maxSafeInteger(),
    unknown: fc.string(),
    left: fc.integer(int),
  },
  { requiredKeys: [] },
)

describe('copying without protobufjs', () => {
  test('makes what protobufjs makes of random messages, and nothing of those that it refuses', () => {
    const { type, both } = setup()
    let sure = 0
    fc.assert(
      fc.property(messages, (message) => {
        const { made, truth } = both(type.encode(message).finish())
        if (made === undefined) return
        sure++
        expect(made).toEqual(truth)
      }),
      { numRuns: 1000 },
    )
    expect(sure).toBeGreaterThan(200)
  })

  test('agrees with protobufjs about damaged bytes, or leaves them to it', () => {
    const { type, both } = setup()
    fc.assert(
      fc.property(messages, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }), fc.nat(3), (message, changes, cut) => {
        const bytes = Uint8Array.from(type.encode(message).finish()).slice(0, cut > 0 ? -cut : undefined)
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
        const { made, truth } = both(bytes)
        // It leaves the check of UTF-8 to what decodes the JSON.
        if (made !== undefined && !(truth instanceof Error && /utf|encoded data/i.test(truth.message))) expect(made).toEqual(truth)
      }),
      { numRuns: 2000 },
    )
  })

  test('leaves to protobufjs what comes twice, is not together, or is no member', () => {
    const { both } = setup()
    const truths = [
      [10, 1, 65, 10, 1, 66],
      [162, 1, 0, 10, 0, 162, 1, 0],
      [136, 1, 9],
      [56, 1, 58, 0],
    ].map((bytes) => both(Uint8Array.from(bytes)).made)
    expect(truths).toEqual([undefined, undefined, undefined, undefined])
  })

  test.each([
    [
      'a map',
      'syntax = "proto3"; message A { map<string, int32> m = 1; }',
      struct('', { m: member('m', 'map', { element: member('m.value', 'int32') }) }),
    ],
    [
      'a wrapper',
      'syntax = "proto3"; import "google/protobuf/wrappers.proto"; message A { google.protobuf.StringValue m = 1; }',
      struct('', { m: member('m', 'string') }),
    ],
    ['a strict object', 'syntax = "proto3"; message A { string m = 1; }', { ...struct('', { m: member('m', 'string') }), isStrict: true }],
  ])('leaves messages with %s to protobufjs', (_, definition, to) => {
    expect(setup(definition, to).fast).toBe(null)
  })
})
