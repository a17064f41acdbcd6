import type { Root } from 'protobufjs'
import type { IFileDescriptorProto } from 'protobufjs/ext/descriptor.js'
import { descriptors } from './load.ts'

const BASE64 = /^[A-Za-z0-9+/\s]+=*\s*$/

/** Returns the descriptor of a file in base64, as some clients register it; null for the text of a .proto file. */
export function descriptorIn(schema: string): IFileDescriptorProto | null {
  return BASE64.test(schema) ? (descriptors().FileDescriptorProto.decode(Buffer.from(schema, 'base64')) as IFileDescriptorProto) : null
}

/** Returns a root with the messages of descriptors, and of the texts that they import. */
export function rootOf(texts: Root, files: readonly IFileDescriptorProto[]): Root {
  texts.resolveAll()
  const imported = texts.toDescriptor('proto3').file ?? []
  return descriptors().fromDescriptor({ file: [...imported, ...files] }, { keepCase: true })
}
