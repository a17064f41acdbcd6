import { expect, test } from 'vitest'
import { bytesOf } from './decoders.fixture.ts'
import { isPlain, Literal, space } from './read.ts'

test('white space ends at the first byte that JSON does not skip', () => {
  const bytes = bytesOf(' \n\r\t\u00a0x')
  expect(space(bytes, 0, bytes.length)).toBe(4)
  expect(space(bytes, 1, 2)).toBe(2)
  expect(space(bytes, 4, bytes.length)).toBe(4)
})

test.each(['', 'a', 'abc', 'true', 'false', '"request_type"', 'ключ'])('the literal %j stands where all its bytes stand', (text) => {
  const literal = new Literal(text)
  const bytes = bytesOf(`x${text}y`)
  const view = new DataView(bytes.buffer)
  expect(literal.at(bytes, view, 1, bytes.length)).toBe(true)
  expect(literal.at(bytes, view, 1, 1 + literal.length)).toBe(true)
  for (let i = 0; i < literal.length; i++) {
    const other = bytes.slice()
    other[1 + i] = (other[1 + i] as number) ^ 1
    expect(literal.at(other, new DataView(other.buffer), 1, other.length)).toBe(false)
  }
  if (literal.length > 0) expect(literal.at(bytes, view, 1, literal.length)).toBe(false)
})

test('a text is plain that JSON writes as it is', () => {
  expect(['a', 'é', '😀', '\u007f'].every(isPlain)).toBe(true)
  expect(['"', '\\', '\u0000', '\n', '\ud800'].some(isPlain)).toBe(false)
})
