import { expect, test } from 'vitest'
import { bundlerCells } from './bundlers.ts'
import { runMatrix } from './matrix.ts'
import { typeCells } from './types.ts'

// `pnpm matrix` runs all of it.
test('the newest TypeScript takes the types of the packages in each resolution, and esbuild bundles them', async () => {
  const outcomes = await runMatrix([(place) => typeCells(place, ['7.0']), (place) => bundlerCells(place, ['esbuild'])], () => {})
  expect(outcomes.filter(({ passed }) => !passed)).toEqual([])
  expect(outcomes.map(({ name }) => name)).toEqual(['7.0, bundler', '7.0, node16', '7.0, nodenext', 'esbuild'])
}, 600_000)
