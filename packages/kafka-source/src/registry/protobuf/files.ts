import type { Namespace, Root, Type } from 'protobufjs'
import { descriptorIn, rootOf } from './descriptors.ts'
import { protobufjs } from './load.ts'

/** Messages of others that have a meaning here, and that no registry needs to have. */
const KNOWN: Readonly<Record<string, string>> = {
  'confluent/type/decimal.proto':
    'syntax = "proto3"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }',
  'google/type/date.proto': 'syntax = "proto3"; package google.type; message Date { int32 year = 1; int32 month = 2; int32 day = 3; }',
}
const options = { keepCase: true }

/** A file with a path by which others import it: the text of a .proto file, or its descriptor in base64. */
export interface ProtoFile {
  readonly name: string
  readonly schema: string
}

/** A message with those that are declared inside of it, in their order. */
export interface ProtoMessage {
  /** Null for an entry of a map, which is no message by itself. */
  readonly type: Type | null
  readonly nested: readonly ProtoMessage[]
}

/**
 * Returns the top-level messages of a file in their order, by which values name them.
 *
 * @throws an error that says what is wrong with it
 */
export function protoMessages(schema: string, dependencies: readonly ProtoFile[]): readonly ProtoMessage[] {
  const main = descriptorIn(schema)
  if (!main) return messagesOfText(schema, dependencies)
  const all = dependencies.map((file) => ({ ...file, descriptor: descriptorIn(file.schema) }))
  const texts = new TextFiles(all.filter(({ descriptor }) => !descriptor))
  const descriptors = [...all.flatMap(({ descriptor }) => descriptor ?? []), main]
  for (const { dependency = [] } of descriptors) texts.addImports(dependency)
  const root = rootOf(texts.root, descriptors)
  const space = main.package ? `${main.package}.` : ''
  const treeOf = (one: (typeof main.messageType & object)[number], path: string): ProtoMessage => {
    const name = `${path}${one.name}`
    return { type: one.options?.mapEntry ? null : root.lookupType(name), nested: (one.nestedType ?? []).map((inner) => treeOf(inner, `${name}.`)) }
  }
  return (main.messageType ?? []).map((one) => treeOf(one, space))
}

function messagesOfText(text: string, dependencies: readonly ProtoFile[]): readonly ProtoMessage[] {
  const { Root, parse } = protobufjs()
  const files = new TextFiles(dependencies)
  files.add('', text)
  files.root.resolveAll()
  // By itself, since in the root its package may hold messages of other files too.
  const own = parse(text, new Root(), options)
  const space = own.package === undefined ? own.root : (own.root.lookup(own.package.split('.')) as Namespace)
  return typesIn(space).map(({ fullName }) => treeOf(files.root.lookupType(fullName)))
}

const typesIn = (space: Namespace): Type[] => space.nestedArray.filter((one): one is Type => one instanceof protobufjs().Type)
const treeOf = (type: Type): ProtoMessage => ({ type, nested: typesIn(type).map(treeOf) })

/** The texts of .proto files in one root, each once, with what they import. */
class TextFiles {
  readonly root: Root = new (protobufjs().Root)()
  readonly #dependencies: readonly ProtoFile[]
  readonly #there = new Set<string>()

  constructor(dependencies: readonly ProtoFile[]) {
    this.#dependencies = dependencies
  }

  add(name: string, text: string): void {
    if (this.#there.has(name)) return
    this.#there.add(name)
    const { parse, Root } = protobufjs()
    this.addImports(parse(text, new Root(), options).imports ?? [])
    parse(text, this.root, options)
  }

  addImports(names: readonly string[]): void {
    for (const name of names) {
      const text = this.#dependencies.find((file) => file.name === name)?.schema ?? KNOWN[name]
      const common = text === undefined && !this.#there.has(name) ? protobufjs().common.get(name)?.nested : undefined
      if (text !== undefined) this.add(name, text)
      // Without a definition, options of the file need none; a type that is missing is found when all is resolved.
      else if (common) {
        this.#there.add(name)
        this.root.addJSON(common)
      }
    }
  }
}
