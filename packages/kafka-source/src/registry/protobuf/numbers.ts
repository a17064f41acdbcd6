import type { Type } from 'protobufjs'
import { protobufjs } from './load.ts'

/** Numbers from here on are Protobuf's own, up to 19,999. */
const OWN_FROM = 19_000
const OWN_TO = 19_999

/** The numbers of a message's fields. */
export interface FieldNumbers {
  readonly numbers: ReadonlyMap<string, number>
  /** Numbers and ranges of fields that are gone, as a .proto file has them. */
  readonly reserved: readonly string[]
}

/** Gives numbers to fields: those that they have in an earlier .proto file, or new ones. Values are read by number, so one is never given twice. */
export class NumbersOf {
  readonly #types = new Map<string, Type>()

  constructor(earlier: string | null) {
    if (earlier === null) return
    const { parse, Root, Type } = protobufjs()
    const { root, package: space } = parse(earlier, new Root(), { keepCase: true })
    const add = (holder: { readonly nestedArray: readonly unknown[] }, path: string) => {
      for (const one of holder.nestedArray) {
        if (!(one instanceof Type)) continue
        this.#types.set(`${path}${one.name}`, one)
        add(one, `${path}${one.name}.`)
      }
    }
    const at = space === undefined ? root : root.lookup(space.split('.'))
    if (at && 'nestedArray' in at) add(at as typeof root, '')
  }

  /** Returns the numbers of the fields of a message, whose name has those of the messages around it. */
  of(message: string, names: readonly string[]): FieldNumbers {
    const earlier = this.#types.get(message)
    const known = new Map(earlier?.fieldsArray.map(({ name, id }) => [name, id]))
    const ranges = (earlier?.reserved ?? []).filter((range): range is number[] => Array.isArray(range))
    const gone = [...known].filter(([name]) => !names.includes(name)).map(([, id]) => id)
    let last = Math.max(0, ...known.values(), ...ranges.map(([from = 0, to = from]) => (to >= 2 ** 29 - 1 ? from : to)))
    const isFree = (id: number) => !(id >= OWN_FROM && id <= OWN_TO) && !ranges.some(([from = 0, to = from]) => id >= from && id <= to)
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
