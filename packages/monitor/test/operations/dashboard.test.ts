import { catalogue } from '@tickets/monitor'
import { expect, test } from 'vitest'
import { dashboard } from '../../operations/dashboard.ts'
import { rows } from '../../operations/panels.ts'
import { metricsOf, unknownNames } from './promql-names.ts'

const panels = rows.flatMap((row) => row.panels)
const queries = panels.flatMap(({ queries }) => queries)

test('every query names what the catalogue has', () => {
  expect(queries.flatMap(({ expr }) => unknownNames(expr))).toEqual([])
})

test('every metric of the catalogue has a panel', () => {
  const shown = new Set(queries.flatMap(({ expr }) => metricsOf(expr)).map((name) => name.replace(/_bucket$/, '')))
  expect(catalogue.map(({ name }) => name as string).filter((name) => !shown.has(name))).toEqual([])
})

test('every label in the name of a series is one that its query keeps', () => {
  const lost = queries.filter(({ expr, legend }) => {
    const kept = /^.*?\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? []
    return [...legend.matchAll(/\{\{(\w+)\}\}/g)].some(([, label]) => !kept.includes(label ?? ''))
  })
  expect(lost).toEqual([])
})

test('every query asks for the pipelines that are chosen, and the data source that is', () => {
  expect(queries.filter(({ expr }) => !expr.includes('{pipeline=~"$pipeline"}'))).toEqual([])
  const variables = dashboard().templating.list?.map(({ name, type }) => [name, type])
  expect(variables).toEqual([
    ['datasource', 'datasource'],
    ['pipeline', 'query'],
  ])
})

test('panels have a number each and do not overlap', () => {
  const built = dashboard().panels ?? []
  expect(built).toHaveLength(rows.length + panels.length)
  expect(new Set(built.map(({ id }) => id)).size).toBe(built.length)
  const cells = built.flatMap(({ gridPos }) => {
    const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 }
    return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`)
  })
  expect(cells.filter((cell) => Number(cell.split(',')[0]) >= 24)).toEqual([])
  expect(new Set(cells).size).toBe(cells.length)
})
