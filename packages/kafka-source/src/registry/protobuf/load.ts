import { TicketsError } from '@tickets/core'
import type * as Protobufjs from 'protobufjs'
import type * as Descriptor from 'protobufjs/ext/descriptor.js'

/** The library, as it is loaded. */
export type Library = typeof Protobufjs.default

interface Descriptors {
  readonly FileDescriptorProto: typeof Descriptor.FileDescriptorProto
  readonly fromDescriptor: typeof Protobufjs.Root.fromDescriptor
}

interface Loaded {
  readonly library: Library
  readonly descriptors: Descriptors
}

let loaded: Loaded | null = null

/** Loads protobufjs. Throws `OPTION_INVALID` where it is not installed. */
export async function loadProtobufjs(): Promise<void> {
  if (loaded) return
  try {
    const { default: library } = await import('protobufjs')
    // It adds what it has to the library.
    const { default: descriptor } = await import('protobufjs/ext/descriptor.js')
    const { FileDescriptorProto } = descriptor
    loaded = { library, descriptors: { FileDescriptorProto, fromDescriptor: library.Root.fromDescriptor } }
  } catch (cause) {
    throw new TicketsError('OPTION_INVALID', 'Protobuf needs the package protobufjs, which is not installed: npm i protobufjs', { cause })
  }
}

function there(): Loaded {
  if (loaded) return loaded
  throw new TicketsError('OPTION_INVALID', 'protobufjs is not loaded yet: this is a fault of @tickets/kafka-source')
}

/** Returns the library, which must be loaded. */
export const protobufjs = (): Library => there().library

/** Returns what reads descriptors of files, which must be loaded. */
export const descriptors = (): Descriptors => there().descriptors
