import { beforeAll, expect, test } from 'vitest'
import { descriptors, loadProtobufjs } from './load.ts'
import { NumbersOf } from './numbers.ts'

beforeAll(loadProtobufjs)

const given = (earlier: string | null, message: string, names: string[]) => {
  const { numbers, reserved } = new NumbersOf(earlier).of(message, names)
  return { numbers: [...numbers.values()], reserved }
}

test('fields of a first version are numbered from 1', () => {
  expect(given(null, 'A', ['x', 'y'])).toEqual({ numbers: [1, 2], reserved: [] })
})

test('fields keep their numbers, new ones get new numbers, and those of removed fields are reserved', () => {
  const earlier =
    'syntax = "proto3"; package p; message A { reserved 4, 6 to 7; string x = 1; string gone = 12; int32 y = 3; message In { int32 z = 9; } }'
  expect(given(earlier, 'A', ['new', 'y', 'x', 'newer'])).toEqual({ numbers: [13, 3, 1, 14], reserved: ['4', '6 to 7', '12'] })
  expect(given(earlier, 'A.In', ['a', 'z'])).toEqual({ numbers: [10, 9], reserved: [] })
  expect(given(earlier, 'B', ['a'])).toEqual({ numbers: [1], reserved: [] })
})

test("Protobuf's own numbers are left out", () => {
  expect(given('syntax = "proto3"; message A { int32 x = 18999; }', 'A', ['x', 'y']).numbers).toEqual([18_999, 20_000])
})

test('the descriptor of an earlier version is as good as its text', () => {
  const inner = { name: 'In', field: [{ name: 'z', number: 9 }] }
  const field = [
    { name: 'x', number: 1 },
    { name: 'gone', number: 5 },
  ]
  const file = { name: 'a.proto', syntax: 'proto3', messageType: [{ name: 'A', field, reservedRange: [{ start: 6, end: 8 }], nestedType: [inner] }] }
  const earlier = Buffer.from(descriptors().FileDescriptorProto.encode(file).finish()).toString('base64')
  expect(given(earlier, 'A', ['new', 'x'])).toEqual({ numbers: [8, 1], reserved: ['6 to 7', '5'] })
  expect(given(earlier, 'A.In', ['a', 'z'])).toEqual({ numbers: [10, 9], reserved: [] })
})
