import { describe, expect, test } from 'vitest'
import { fill, keepMarked } from './markers.ts'

const kept = (text: string, ...features: string[]) => keepMarked(text, new Set(features))

describe('marked lines', () => {
  test('stay for their feature, without the mark', () => {
    expect(kept('a\nb //: csv\nc //: json', 'json')).toBe('a\nc')
    expect(kept('a  #: kafka|mysql\nb', 'mysql')).toBe('a\nb')
    expect(kept('see https: //example\n# a comment: x\n', 'x')).toBe('see https: //example\n# a comment: x\n')
  })

  test('parts stay or go as a whole, also inside of each other', () => {
    const text = 'a\n  #: kafka {\n  b\n  #: mysql {\n  c\n  #: }\n  #: }\nd'
    expect(kept(text, 'kafka', 'mysql')).toBe('a\n  b\n  c\nd')
    expect(kept(text, 'kafka')).toBe('a\n  b\nd')
    expect(kept(text, 'mysql')).toBe('a\nd')
    expect(kept('<!--: yarn { -->\nx\n<!--: } -->\ny')).toBe('y')
  })

  test('a part without an end, or an end without a part, is a fault', () => {
    expect(() => kept('#: a {\n')).toThrow('1 marked parts do not end')
    expect(() => kept('x\n#: }\n')).toThrow('line 2 ends what did not begin')
  })
})

describe('values', () => {
  test('are filled in, but for those of workflows', () => {
    const open = `$${'{{ matrix.node }}'}`
    expect(fill(`{{name}}: ${open} {{name}}`, { name: 'demo' })).toBe(`demo: ${open} demo`)
  })

  test('that nobody knows are a fault', () => {
    expect(() => fill('{{nmae}}', { name: 'demo' })).toThrow('nothing is known of {{nmae}}')
  })
})
