import { expect, test } from 'vitest'
import { AvroCursor } from './cursor.ts'
import { parseAvro } from './parse.ts'
import { skipperOf } from './skip.ts'
import { encoded } from './types.fixture.ts'

const list = { type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] }

test.each<[string, unknown, unknown]>([
  ['a null', 'null', null],
  ['a boolean', 'boolean', true],
  ['a long', 'long', -(2 ** 40)],
  ['a float', 'float', 1.5],
  ['a double', 'double', 1.5],
  ['a string', 'string', 'é'],
  ['a fixed', { type: 'fixed', name: 'F', size: 3 }, Buffer.from('abc')],
  ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B'],
  ['an array', { type: 'array', items: 'string' }, ['a', 'bc']],
  ['a map', { type: 'map', values: 'int' }, { a: 1, b: 200 }],
  ['a union', ['null', 'int', 'string'], { string: 'x' }],
  ['a record that contains itself', list, { next: { L: { next: null } } }],
])('%s is passed', (_, schema, value) => {
  const bytes = encoded(schema, value)
  const cursor = new AvroCursor()
  cursor.open(bytes, 0, bytes.length)
  skipperOf(parseAvro(JSON.stringify(schema), new Map()))(cursor)
  expect(cursor.at).toBe(bytes.length)
})

test('a branch that the union does not have is invalid', () => {
  const cursor = new AvroCursor()
  cursor.open(Uint8Array.of(4), 0, 1)
  expect(() => skipperOf(parseAvro('["null","int"]', new Map()))(cursor)).toThrow('a branch that the union does not have')
})
