import type { Namespace } from 'protobufjs'
import type { IDescriptorProto } from 'protobufjs/ext/descriptor.js'
import { descriptorIn } from './descriptors.ts'
import { protobufjs } from './load.ts'

/** Numbers from here on are Protobuf's own, up to 19,999. */
const OWN_FROM = 19_000
const OWN_TO = 19_999
/** The greatest number, which `max` is in a range. */
const MAX_NUMBER = 2 ** 29 - 1

/** The numbers of a message's fields. */
export interface FieldNumbers {
  readonly numbers: ReadonlyMap<string, number>
  /** Numbers and ranges of fields that are gone, as a .proto file has them. */
  readonly reserved: readonly string[]
}

/** What an earlier file says of a message. */
interface EarlierMessage {
  readonly numbers: ReadonlyMap<string, number>
  /** Reserved numbers, from the first to the last of each range. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** Gives numbers to fields: those that they have in an earlier .proto file, or new ones. Values are read by number, so one is never given twice. */
export class NumbersOf {
  readonly #messages = new Map<string, EarlierMessage>()

  /** @param earlier the text of a .proto file, or its descriptor in base64 */
  constructor(earlier: string | null) {
    if (earlier === null) return
    const descriptor = descriptorIn(earlier)
    if (descriptor) for (const one of descriptor.messageType ?? []) this.#addDescribed(one, '')
    else this.#addText(earlier)
  }

  #addDescribed({ name = '', field = [], reservedRange = [], nestedType = [] }: IDescriptorProto, path: string): void {
    const numbers = new Map(field.map((one) => [one.name ?? '', one.number ?? 0]))
    // The end of a range is not part of it.
    this.#messages.set(`${path}${name}`, { numbers, ranges: reservedRange.map(({ start = 0, end = start + 1 }) => [start, end - 1]) })
    for (const inner of nestedType) this.#addDescribed(inner, `${path}${name}.`)
  }

  #addText(text: string): void {
    const { parse, Root, Type } = protobufjs()
    const { root, package: space } = parse(text, new Root(), { keepCase: true })
    const add = (holder: Namespace, path: string) => {
      for (const one of holder.nestedArray) {
        if (!(one instanceof Type)) continue
        const ranges = (one.reserved ?? []).filter((range): range is number[] => Array.isArray(range))
        this.#messages.set(`${path}${one.name}`, {
          numbers: new Map(one.fieldsArray.map(({ name, id }) => [name, id])),
          ranges: ranges.map(([from = 0, to = from]) => [from, to]),
        })
        add(one, `${path}${one.name}.`)
      }
    }
    add(space === undefined ? root : (root.lookup(space.split('.')) as Namespace), '')
  }

  /** Returns the numbers of the fields of a message, whose name has those of the messages around it. */
  of(message: string, names: readonly string[]): FieldNumbers {
    const { numbers: known, ranges } = this.#messages.get(message) ?? { numbers: new Map<string, number>(), ranges: [] }
    const gone = [...known].filter(([name]) => !names.includes(name)).map(([, id]) => id)
    let last = Math.max(0, ...known.values(), ...ranges.map(([from, to]) => (to >= MAX_NUMBER ? from : to)))
    const isFree = (id: number) => !(id >= OWN_FROM && id <= OWN_TO) && !ranges.some(([from, to]) => id >= from && id <= to)
    const next = () => {
      do last++
      while (!isFree(last))
      return last
    }
    const numbers = new Map(names.map((name) => [name, known.get(name) ?? next()]))
    const reserved = [...ranges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)), ...gone.map(String)]
    return { numbers, reserved }
  }
}
