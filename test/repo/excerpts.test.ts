import { expect, test } from 'vitest'
import { blocksOf, excerpts } from '../packaging/blocks.ts'
import { read } from './files.ts'

/** Without the indentation that all lines have. */
function dedented(lines: readonly string[]): string {
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(indent)).join('\n')
}

/** Whether a text is some whole lines of a file, one after the other. */
function isExcerpt(code: string, file: string): boolean {
  const wanted = code.trimEnd().split('\n')
  const lines = file.split('\n')
  return lines.some((_, at) => dedented(lines.slice(at, at + wanted.length)) === dedented(wanted))
}

test.each(excerpts)('$name is some lines of $path', ({ path, code }) => expect(isExcerpt(code, read(path))).toBe(true))

test('there are some, and other lines than those of the file are seen', () => {
  expect(excerpts.length).toBeGreaterThan(3)
  const file = 'a {\n  b\n  c\n}\n'
  expect(['b\nc\n', '  b\n', 'a {\n  b\n'].map((code) => isExcerpt(code, file))).toEqual([true, true, true])
  expect(['b\n  c\n', 'b\n}\n', 'd\n', 'a\n'].map((code) => isExcerpt(code, file))).toEqual([false, false, false, false])
  const page = '<!-- excerpt of x.ts -->\n\n```ts\na\n```\n\n```ts\nb\n```\n'
  expect(blocksOf('p.md', page)).toMatchObject({ excerpts: [{ name: 'p.md:3', path: 'x.ts', code: 'a\n' }], blocks: [{ name: 'p.md:7' }] })
})
