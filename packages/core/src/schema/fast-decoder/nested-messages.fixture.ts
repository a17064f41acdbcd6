import type { Field } from '../../store/field.ts'

/** Numbers below a bound, the same ones each time. */
export type Random = (below: number) => number

/** Returns a generator of numbers from a seed. */
export function randomFrom(seed: number): Random {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const texts = [
  '""',
  '"a"',
  '"abcd"',
  '"É😱"',
  '"\\u00e9\\n"',
  '"\\ud83d\\ude31"',
  '"\\ud83d"',
  '"x\\/y"',
  '"2026-01-31"',
  '"12.50"',
  '"AQI="',
  '"card"',
  '"v1"',
]
const numbers = [
  '0',
  '-0',
  '1',
  '2',
  '1.5',
  '-2.125',
  '1e2',
  '1E-3',
  '12345678901234567890',
  '0.1234567890123456789',
  '1e400',
  '9007199254740993',
  '2147483648',
]
const others = [
  'null',
  'true',
  'false',
  '{}',
  '[]',
  '[1,"a",null]',
  '{"a":{"b":[]}}',
  '{"__proto__":1}',
  '{"a":1,"a":2}',
  '"\\x"',
  '01',
  '[1,]',
  '{"a"}',
  '',
]
const spaces = ['', '', '', '', ' ', '\n', '\t ', '\r']
const keys = ['extra', '__proto__', 'constructor', 'ex\\u0074ra', 'toString', '']

/** Writes messages for columns: most members as they should be, a few with something else. */
export class MessageMaker {
  readonly #random: Random
  /** One in so many values is another one. */
  readonly #odd: number

  constructor(random: Random, odd: number) {
    this.#random = random
    this.#odd = odd
  }

  #pick<V>(from: readonly V[]): V {
    return from[this.#random(from.length)] as V
  }

  /** Returns an object with these members, in any order, some twice, with unknown ones between. `valid` has values that are taken now and then. */
  object(fields: readonly Field[], valid: Readonly<Record<string, unknown>> = {}): string {
    const members = fields.flatMap((field) => {
      if (field.optional && this.#random(3) === 0) return []
      const one = () =>
        this.#member(
          JSON.stringify(field.name),
          this.#random(3) > 0 && Object.hasOwn(valid, field.name) ? JSON.stringify(valid[field.name]) : this.value(field),
        )
      return this.#random(this.#odd * 2) === 0 ? [one(), one()] : this.#random(this.#odd * 4) === 0 ? [] : [one()]
    })
    if (this.#random(this.#odd) === 0) members.push(this.#member(`"${this.#pick(keys)}"`, this.#pick([...texts, ...numbers, ...others])))
    if (this.#random(4) === 0)
      for (let i = members.length - 1; i > 0; i--) {
        const k = this.#random(i + 1)
        ;[members[i], members[k]] = [members[k] as string, members[i] as string]
      }
    return `{${this.#space()}${members.join(`${this.#space()},${this.#space()}`)}${this.#space()}}`
  }

  #space(): string {
    return this.#pick(spaces)
  }

  #member(key: string, value: string): string {
    return `${key}${this.#space()}:${this.#space()}${value}`
  }

  /** Returns a value of a column as JSON text. */
  value(field: Field): string {
    if (this.#random(this.#odd) === 0) return this.#pick([...texts, ...numbers, ...others])
    if (field.nullable && this.#random(4) === 0) return 'null'
    const [inside] = field.children ?? []
    switch (field.kind) {
      case 'string':
        return this.#pick(texts.slice(0, 6))
      case 'enum':
        return JSON.stringify(this.#pick(field.values))
      case 'number':
        return this.#pick(numbers.slice(0, 8))
      case 'integer':
      case 'int32':
        return this.#pick(['0', '1', '2', '-7', '2147483647'])
      case 'boolean':
        return this.#pick(['true', 'false'])
      case 'instant':
        return this.#pick(['"2026-11-21T12:00:00Z"', '"2026-11-21T12:00:00.123+01:00"', '1700000000', '1700000000.5'])
      case 'date':
        return this.#pick(['"2026-01-31"', '"2024-02-29"'])
      case 'decimal':
        return this.#pick(['1', '1.5', '"2.50"', '-0', '"-12"', '1e1', '12345678901234567', '"1e-1"', '0.10'])
      case 'json':
        return this.#pick([...texts.slice(0, 6), ...numbers.slice(0, 8), ...others.slice(0, 7)])
      case 'bytes':
        return this.#pick(['""', '"AQI="', '"AQIDBA=="'])
      case 'struct':
        return this.#struct(field)
      case 'list':
        return this.#list(inside as Field)
      case 'map':
        return this.#map(inside as Field)
    }
  }

  #struct({ children = [], variants }: Field): string {
    const [tag] = children
    if (!variants || !tag) return this.object(children)
    const code = this.#random(tag.values.length)
    const members =
      variants[code]?.flatMap((member) => children.filter(({ name }) => name === member.name).map((child) => ({ ...child, ...member }))) ?? []
    return this.object([{ ...tag, values: [tag.values[code] as string] }, ...members])
  }

  #list(element: Field): string {
    const items = Array.from({ length: this.#random(5) }, () => this.value(element))
    return `[${this.#space()}${items.join(`${this.#space()},${this.#space()}`)}${this.#space()}]`
  }

  #map(value: Field): string {
    const names = ['"a"', '"b"', '"10"', '"2"', '"é\\n"', '"constructor"', ...(this.#random(this.#odd) === 0 ? ['"__proto__"', '"a"'] : [])]
    const members = names.filter(() => this.#random(3) === 0).map((name) => this.#member(name, this.value(value)))
    return `{${members.join(',')}}`
  }
}
