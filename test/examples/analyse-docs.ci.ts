import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { makeLake, PAGE, PICTURES, withAnswers } from '../../scripts/analyse-docs.ts'
import { readersPythonOrSkip } from '../readers/python.ts'
import { folder } from './run.ts'

const run = promisify(execFile)
const python = await readersPythonOrSkip()
const page = await readFile(PAGE, 'utf8')

/** The Python of the page, with the text block right below that says what it prints. */
const blocks = [...page.matchAll(/^```python\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)].map(([, code = '', prints = '']) => ({
  library: /^import (?!pyarrow)(\w+)/m.exec(code)?.[1] ?? 'pyarrow',
  code,
  prints,
}))

/** Where the page's paths lead to the lake that it speaks of. */
let home: string
beforeAll(async () => {
  home = await folder()
  expect(await makeLake(join(home, 'data/lake/tickets'))).toBe('made')
})

test('the page has a block of Python for each reader, and says what each prints', () => {
  expect(blocks.map(({ library }) => library)).toEqual(['pandas', 'pyarrow', 'polars'])
  expect(page.match(/^```python$/gm)).toHaveLength(blocks.length)
})

test.skipIf(!python).each(blocks)('$library prints what the page says', async ({ code, prints }) => {
  const { stdout } = await run(`${python}`, ['-c', code], { cwd: home, env: { ...process.env, PYTHONIOENCODING: 'utf-8' } })
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd())
  expect(lines(stdout)).toEqual(lines(prints))
})

test('answers and charts of the page are those of the lake: node scripts/analyse-docs.ts', async () => {
  const lake = join(home, 'data/lake/tickets')
  const { text, pictures } = await withAnswers(page, lake)
  expect(text).toBe(page)
  expect(pictures.size).toBeGreaterThanOrEqual(4)
  for (const [name, svg] of pictures) expect(await readFile(join(PICTURES, name), 'utf8'), name).toBe(svg)
  // A number that is not the lake's, and SQL that is not the file's, would be written anew.
  const old = page.replace('| 2026-10-05 |   3,871 |', '| 2026-10-05 |   3,872 |').replace('LIMIT 10;', 'LIMIT 11;')
  expect(old).not.toBe(page)
  expect((await withAnswers(old, lake)).text).toBe(page)
})
