import { expect, test } from 'vitest'
import { withTable } from '../../scripts/config-docs.ts'
import { read } from '../repo/files.ts'

test('the documentation of the settings is that of their schema: node scripts/config-docs.ts', () => {
  const text = read('docs/reference/configuration.md')
  expect(text).toMatch(/\| `--tickets <number>` +\| `TICKETS` +\| `100000` +\|/)
  expect(withTable(text)).toBe(text)
  expect(withTable(text.replace('`100000`', '`7`'))).toBe(text)
})
