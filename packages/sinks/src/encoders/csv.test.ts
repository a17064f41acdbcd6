import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { csvSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, duck, type Every, folder, parts, plain } from '../../test/helpers.ts'

const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '="a"', 'a=1', ' =1', '', "'=1"]

test('formulas: escape puts an apostrophe before texts that a spreadsheet would run, and nothing else', async () => {
  const dir = await folder()
  const rows = texts.map((text): Every => ({ ...plain, text, real: -1.5 }))
  await commit(csvSink<Every>(dir, { formulas: 'escape' }) as never, rows, 0)
  const [file = ''] = await parts(dir)
  const found = await duck(`SELECT text, real FROM read_csv('${join(dir, file)}', header = true, all_varchar = true, allow_quoted_nulls = false)`)
  const escaped = texts.map((text, i) => (i < 8 ? `'${text}` : text))
  expect(found.map(({ text }) => text)).toEqual(escaped)
  expect(new Set(found.map(({ real }) => real))).toEqual(new Set(['-1.5']))
})

test('by default texts are written as they are, and a wrong option is refused', async () => {
  const dir = await folder()
  await commit(csvSink<Every>(dir) as never, [{ ...plain, text: '=1+1' }], 0)
  const [file = ''] = await parts(dir)
  expect(await readFile(join(dir, file), 'utf8')).toContain(',=1+1,')
  expect(() => csvSink(dir, { formulas: 'remove' as 'keep' })).toThrow('formulas is one of keep, escape')
})
