import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInvalidValue } from '../invalid-value.ts'
import { anyTarget, type Target } from '../target.ts'
import { copied, encoded, targetOf } from './types.fixture.ts'

const any = anyTarget('c')

/** A random schema with a value as avsc takes it, and as JSON has it. */
interface Sample {
  readonly schema: unknown
  readonly value: unknown
  readonly json: unknown
}

let names = 0
const samples: fc.Arbitrary<Sample> = fc.letrec<{ one: Sample }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant({ schema: 'null', value: null, json: null }),
    fc.boolean().map((value) => ({ schema: 'boolean', value, json: value })),
    fc.integer().map((value) => ({ schema: 'int', value, json: value })),
    // avsc's own long is inexact from 2^52 on; cursor.test.ts has all of them.
    fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).map((value) => ({ schema: 'long', value, json: value })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ schema: 'double', value, json: value === 0 ? 0 : value })),
    fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ schema: 'float', value, json: value === 0 ? 0 : value })),
    fc.string({ unit: 'binary' }).map((value) => ({ schema: 'string', value, json: value })),
    fc.uint8Array().map((value) => ({ schema: 'bytes', value: Buffer.from(value), json: Buffer.from(value).toString('base64') })),
    fc.constantFrom('A', 'B', 'C').map((value) => ({ schema: { type: 'enum', name: `E${names++}`, symbols: ['A', 'B', 'C'] }, value, json: value })),
    fc.array(tie('one'), { maxLength: 1 }).chain((of) =>
      fc.nat(3).map((times) => {
        const [one = { schema: 'int', value: 1, json: 1 }] = of
        const repeated = Array.from({ length: times }, () => one)
        return { schema: { type: 'array', items: one.schema }, value: repeated.map((s) => s.value), json: repeated.map((s) => s.json) }
      }),
    ),
    fc
      .tuple(
        tie('one'),
        fc.uniqueArray(
          fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
          { maxLength: 3 },
        ),
      )
      .map(([one, keys]) => ({
        schema: { type: 'map', values: one.schema },
        value: Object.fromEntries(keys.map((key) => [key, one.value])),
        json: Object.fromEntries(keys.map((key) => [key, one.json])),
      })),
    fc.array(tie('one'), { minLength: 1, maxLength: 4 }).map((parts) => ({
      schema: { type: 'record', name: `R${names++}`, fields: parts.map(({ schema }, i) => ({ name: `f${i}`, type: schema })) },
      value: Object.fromEntries(parts.map(({ value }, i) => [`f${i}`, value])),
      json: Object.fromEntries(parts.map(({ json }, i) => [`f${i}`, json])),
    })),
    fc.constantFrom('int', 'string').map((branch) => {
      const value = branch === 'int' ? 7 : 'seven'
      return { schema: ['null', 'int', 'string'], value: { [branch]: value }, json: value }
    }),
  ),
})).one

test('values of random schemas come as JSON has them', () => {
  fc.assert(
    fc.property(samples, ({ schema, value, json }) => {
      expect(JSON.parse(copied(schema, encoded(schema, value), any))).toEqual(json)
    }),
    { numRuns: 1000 },
  )
})

test('damaged bytes are invalid or another value, and never another error', () => {
  fc.assert(
    fc.property(
      samples,
      fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(5),
      ({ schema, value }, changes, cut) => {
        const bytes = Uint8Array.from(encoded(schema, value)).slice(0, cut > 0 ? -cut : undefined)
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
        try {
          copied(schema, bytes, any)
        } catch (error) {
          expect(isInvalidValue(error), String(error)).toBe(true)
        }
      },
    ),
    { numRuns: 2000 },
  )
})

const struct = (members: Record<string, Target>, more: Partial<Target> = {}): Target =>
  targetOf('struct', { path: '', members: new Map(Object.entries(members)), ...more })
const member = (path: string, kind: Target['kind'], more: Partial<Target> = {}) => targetOf(kind, { path, ...more })
const record = (...fields: [string, unknown][]) => ({ type: 'record', name: 'Row', fields: fields.map(([name, type]) => ({ name, type })) })

describe('a record', () => {
  const schema = record(
    ['a', 'int'],
    ['b', ['null', 'string']],
    ['c', { type: 'array', items: { ...record(['x', 'long'], ['y', 'bytes']), name: 'Inner' } }],
  )
  const bytes = encoded(schema, { a: 1, b: null, c: [{ x: 2, y: Buffer.from('z') }] })

  test('gives the members that there are columns for, and passes the others', () => {
    expect(copied(schema, bytes, struct({ b: member('b', 'string', { ofNull: 'null' }) }))).toBe('{"b":null}')
    expect(copied(schema, bytes, struct({ a: member('a', 'integer') }))).toBe('{"a":1}')
    const list = member('c', 'list', { element: struct({ y: member('c.element.y', 'bytes') }, { path: 'c.element' }) })
    expect(copied(schema, bytes, struct({ c: list }))).toBe('{"c":[{"y":"eg=="}]}')
  })

  test('gives all members where the schema rejects unknown keys', () => {
    expect(copied(schema, bytes, struct({}, { isStrict: true }))).toBe('{"a":1,"b":null,"c":[{"x":2,"y":"eg=="}]}')
  })

  test('leaves out a null where the column is optional', () => {
    expect(copied(schema, bytes, struct({ a: member('a', 'integer'), b: member('b', 'string', { ofNull: 'omit' }) }))).toBe('{"a":1}')
  })

  test('without a required member is refused by its path', () => {
    expect(() => copied(schema, bytes, struct({ d: member('d', 'string') }))).toThrow(
      /^d is required here, and messages do not have it \(they have a, b, c\)/,
    )
    const list = member('c', 'list', { element: struct({ z: member('c.element.z', 'string') }, { path: 'c.element' }) })
    expect(() => copied(schema, bytes, struct({ c: list }))).toThrow(/^c\.element\.z is required here/)
    expect(copied(schema, bytes, struct({ d: member('d', 'string', { isRequired: false }) }))).toBe('{}')
  })

  test('with a member of another type is refused by its path', () => {
    expect(() => copied(schema, bytes, struct({ a: member('a', 'boolean') }))).toThrow(/^a is of type int in messages, and boolean here/)
    expect(() => copied(schema, bytes, struct({ c: member('c', 'string') }))).toThrow(/^c is an array in messages, and string here/)
  })

  test('that contains itself ends', () => {
    const list = {
      type: 'record',
      name: 'L',
      fields: [
        { name: 'v', type: 'int' },
        { name: 'next', type: ['null', 'L'] },
      ],
    }
    const value = { v: 1, next: { L: { v: 2, next: null } } }
    expect(copied(list, encoded(list, value), any)).toBe('{"v":1,"next":{"v":2,"next":null}}')
    expect(copied(list, encoded(list, value), struct({ v: member('v', 'int32') }))).toBe('{"v":1}')
  })
})
