import { beforeAll, expect, test } from 'vitest'
import { protoMessages } from './files.ts'
import { descriptors, loadProtobufjs, protobufjs } from './load.ts'

beforeAll(loadProtobufjs)

test('messages come in the order of the file, without those of other files', () => {
  const text = `syntax = "proto3"; package shop; import "other.proto"; enum E { X = 0; }
    message B { A a = 1; message In { int32 x = 1; } message Two { } } message A { shop.Other o = 1; }`
  const other = { name: 'other.proto', schema: 'syntax = "proto3"; package shop; message Other { string s = 1; }' }
  const messages = protoMessages(text, [other])
  expect(messages.map(({ type }) => type?.fullName)).toEqual(['.shop.B', '.shop.A'])
  expect(messages.map(({ nested }) => nested.map(({ type }) => type?.name))).toEqual([['In', 'Two'], []])
  expect(messages[1]?.type?.fields.o?.resolvedType?.fullName).toBe('.shop.Other')
})

test('a file is imported once, whoever names it, and those that everybody knows need none', () => {
  const base = {
    name: 'base.proto',
    schema: 'syntax = "proto3"; import "google/protobuf/timestamp.proto"; message Base { google.protobuf.Timestamp at = 1; }',
  }
  const middle = { name: 'middle.proto', schema: 'syntax = "proto3"; import "base.proto"; message Middle { Base b = 1; }' }
  const text = `syntax = "proto3"; import "base.proto"; import "middle.proto"; import "google/protobuf/timestamp.proto"; import "confluent/type/decimal.proto";
    import "confluent/meta.proto"; message Top { Base b = 1; Middle m = 2; confluent.type.Decimal d = 3; google.protobuf.Timestamp t = 4; }`
  const [top] = protoMessages(text, [middle, base])
  expect(top?.type?.fieldsArray.map(({ resolvedType }) => resolvedType?.fullName)).toEqual([
    '.Base',
    '.Middle',
    '.confluent.type.Decimal',
    '.google.protobuf.Timestamp',
  ])
})

test.each([['syntax = "proto3"; message A { Missing m = 1; }'], ['not a file']])('%s is refused', (text) => {
  expect(() => protoMessages(text, [])).toThrow()
})

test('the descriptor of a file is as good as its text, and counts entries of maps among the messages inside', () => {
  const text =
    'syntax = "proto3"; package shop; message A { map<string, int32> m = 1; In in = 2; optional string o = 3; message In { google.protobuf.Timestamp at = 1; Other x = 2; } }'
  const { Root, parse } = protobufjs()
  const root = new Root()
  parse(text.replace('shop;', 'shop; import "google/protobuf/timestamp.proto"; import "other.proto";'), root, { keepCase: true })
  root.addJSON(protobufjs().common.get('google/protobuf/timestamp.proto')?.nested ?? {})
  const other = 'syntax = "proto3"; package shop; message Other { int32 n = 1; }'
  parse(other, root, { keepCase: true })
  root.resolveAll()
  const file = (root.toDescriptor('proto3').file ?? []).find((one) => one.package === 'shop')
  const { FileDescriptorProto } = descriptors()
  const own = {
    ...file,
    dependency: ['google/protobuf/timestamp.proto', 'other.proto'],
    messageType: file?.messageType?.filter(({ name }) => name === 'A'),
  }
  const base64 = Buffer.from(FileDescriptorProto.encode(own).finish()).toString('base64')
  const [a] = protoMessages(base64, [{ name: 'other.proto', schema: other }])
  expect(a?.nested.map(({ type }) => type?.name ?? 'entry').sort()).toEqual(['In', 'entry'])
  expect(a?.type?.fields.o?.resolve().hasPresence).toBeTruthy()
  expect(a?.type?.fields.in?.resolve().resolvedType?.fullName).toBe('.shop.A.In')
})
