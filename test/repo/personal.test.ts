import { expect, test } from 'vitest'
import { examplesData, PAGE, withPlaces } from '../../scripts/personal-docs.ts'
import { read } from './files.ts'

test('the page says which places of the example hold personal data: node scripts/personal-docs.ts', async () => {
  const page = read(PAGE)
  const all = await examplesData()
  expect(page).toMatch(/\| flow tickets +\| client_id, request +\|/)
  expect(page).toMatch(/\| flow by_type +\| none +\|/)
  expect(withPlaces(page, all)).toBe(page)
  expect(withPlaces(page.replace('| none ', '| all  '), all)).toBe(page)
})
