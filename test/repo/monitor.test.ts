import { expect, test } from 'vitest'
import { PAGE, withMetrics } from '../../scripts/monitor-docs.ts'
import { read } from './files.ts'

test('the page has the metrics of the catalogue: node scripts/monitor-docs.ts', () => {
  const page = read(PAGE)
  expect(page).toMatch(/\| `tickets_rows_read_total` +\| counter +\| `task` +\|/)
  expect(withMetrics(page)).toBe(page)
  expect(withMetrics(page.replace('| counter ', '| gauge '))).toBe(page)
})
