import { expect, test } from 'vitest'
import { readChange } from './debezium.ts'

const bytesOf = (text: string) => new TextEncoder().encode(`##${text}##`)

function change(text: string) {
  const bytes = bytesOf(text)
  const read = readChange(bytes, new DataView(bytes.buffer), 2, bytes.length - 2)
  const part = (place: readonly [number, number] | null) => place && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(...place))
  return read && { ...read, before: part(read.before), after: part(read.after) }
}

test('finds the rows, the operation and the time of the database', () => {
  const event =
    '{"before":{"id":1,"n":"a"},"after":{"id":1,"n":"}"},"source":{"connector":"mysql","ts_ms":1700000000123,"db":"x"},"op":"u","ts_ms":1700000000456}'
  const found = { op: 'u', before: '{"id":1,"n":"a"}', after: '{"id":1,"n":"}"}', time: 1700000000123 }
  expect(change(event)).toEqual(found)
  expect(change(` {"schema" : {"type":"struct","op":"x"} , "payload" : ${event}\n} `)).toEqual(found)
})

test('takes null for no row, and the later member of two with one name', () => {
  expect(change('{"op":"d","before":{"id":1},"after":null,"source":null}')).toMatchObject({
    op: 'd',
    after: null,
    before: '{"id":1}',
    time: Number.NaN,
  })
  expect(change('{"op":"c","after":{"id":1},"after":{"id":2},"op":"r"}')).toMatchObject({ op: 'r', after: '{"id":2}' })
})

test('falls back to the time of the connector where the database has none', () => {
  expect(change('{"op":"r","after":{},"source":{"ts_ms":0},"ts_ms":5}')?.time).toBe(5)
  expect(change('{"op":"r","after":{},"source":{"ts_ms":"7"},"ts_ms":5}')?.time).toBe(5)
  expect(change('{"op":"r","after":{},"source":{"ts_ms":7}}')?.time).toBe(7)
})

test('returns null for what is no event, or no JSON', () => {
  const wrong = [
    '',
    '{}',
    'null',
    '[]',
    '{"id":1}',
    '{"payload":null}',
    '{"op":null}',
    '{"op":"c","after":{"id":1}',
    '{"op":"c","after":{"id":}}',
    '{"op":"c"} x',
  ]
  expect(wrong.map(change)).toEqual(wrong.map(() => null))
})
