import { beforeAll, expect, test } from 'vitest'
import { descriptorIn, rootOf } from './descriptors.ts'
import { descriptors, loadProtobufjs, protobufjs } from './load.ts'

beforeAll(loadProtobufjs)

const base64 = (name: string) => {
  const file = { name: `${name}.proto`, syntax: 'proto3', messageType: [{ name }] }
  return Buffer.from(descriptors().FileDescriptorProto.encode(file).finish()).toString('base64')
}

test('a descriptor is base64, and the text of a file is none', () => {
  expect(descriptorIn(base64('A'))).toMatchObject({ name: 'A.proto' })
  expect([descriptorIn('syntax = "proto3"; message A { }'), descriptorIn('')]).toEqual([null, null])
})

test('descriptors and texts are in one root', () => {
  const { Root, parse } = protobufjs()
  const texts = new Root()
  parse('syntax = "proto3"; message B { }', texts)
  const a = descriptorIn(base64('A'))
  const root = rootOf(texts, a ? [a] : [])
  expect(['A', 'B'].map((name) => root.lookupType(name).fullName)).toEqual(['.A', '.B'])
})
