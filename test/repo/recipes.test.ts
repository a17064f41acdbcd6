import { expect, test } from 'vitest'
import { PAGE, recipesPage } from '../../scripts/recipes-page.ts'
import { recipes } from '../packaging/recipes.ts'
import { read } from './files.ts'

test('there are twenty recipes of at most 40 lines, each with a title and a check', () => {
  expect(recipes.length).toBeGreaterThanOrEqual(20)
  expect(recipes.filter(({ code }) => code.split('\n').length - 1 > 40).map(({ path }) => path)).toEqual([])
  expect(recipes.filter(({ title, check, prints }) => !/\.$/.test(title) || (check === null) === (prints === null)).map(({ path }) => path)).toEqual(
    [],
  )
  expect(recipes.filter(({ check }) => check).length).toBeGreaterThanOrEqual(20)
})

test('the page lists them: node scripts/recipes-page.ts', () => {
  expect(read(PAGE)).toBe(recipesPage())
})
