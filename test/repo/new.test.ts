import { describe, expect, test } from 'vitest'
import { filesOf, kinds } from '../../scripts/new/files.ts'
import { read, tracked } from './files.ts'

const text = (path: string) => (tracked.includes(path) ? read(path) : null)
const paths = (kind: string, name: string) => [...filesOf(kind, name, text).keys()]

// test/packaging/new.ci.ts runs what is written.
describe('pnpm new', () => {
  test.each(Object.keys(kinds))('writes source, spec, page, changeset, export and link of a new %s', (kind) => {
    const written = paths(kind, 'keep-first')
    expect(written).toEqual([
      expect.stringMatching(/^packages\/.*\/keep-first\.ts$/),
      expect.stringMatching(/^packages\/.*\/keep-first\.test\.ts$/),
      'docs/guides/keep-first.md',
      '.changeset/add-keep-first.md',
      expect.stringMatching(/^packages\/\w+\/src\/\w+\.ts$/),
      `docs/guides/${kind}.md`,
    ])
    const files = filesOf(kind, 'keep-first', text)
    expect(files.get(written[4] ?? '')).toContain('keepFirst')
    expect(files.get(`docs/guides/${kind}.md`)).toMatch(/\n## See also\n\n- \[keepFirst\]\(keep-first\.md\)\n$/)
  })

  test('puts a second link below the first one, under one heading', () => {
    const first = filesOf('operator', 'keep-first', text)
    const second = filesOf('operator', 'keep-last', (path) => first.get(path) ?? text(path)).get('docs/guides/operator.md') ?? ''
    expect(second.match(/## See also/g)).toHaveLength(1)
    expect(second).toMatch(/keep-first\.md\)\n- \[keepLast\]\(keep-last\.md\)\n$/)
  })

  test('refuses a name that is taken, is none, or is a word of the language', () => {
    expect(() => paths('operator', 'filter-rows')).toThrow('there is a packages/core/src/operators/filter-rows.ts already')
    expect(() => paths('operator', 'testing')).toThrow('there is a docs/guides/testing.md already')
    expect(() => paths('sink', 'count-rows-2')).toThrow('a name is lower-case words')
    for (const name of ['KeepFirst', 'keep_first', '../keep', '-keep', 'keep-', '']) expect(() => paths('operator', name)).toThrow('a name is')
    expect(() => paths('operator', 'switch')).toThrow('switch is a word of the language')
    expect(() => paths('sink', 'json-sink')).toThrow('@tickets/sinks exports a jsonSink already')
  })

  test('refuses a kind that there is not, an inherited name of objects included', () => {
    expect(() => paths('window', 'keep-first')).toThrow('there is no kind "window": it is one of operator, sink, source')
    expect(() => paths('constructor', 'keep-first')).toThrow('there is no kind "constructor"')
  })
})
