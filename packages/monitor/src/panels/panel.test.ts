import { expect, it } from 'vitest'
import { at, batchOf, byType, windowOf } from '../../test/windows.ts'
import { Panel } from './panel.ts'

function panelOf(options = { title: 'Types', value: 'tickets', by: 'type' }) {
  let changes = 0
  const panel = new Panel(options, at, byType, () => {
    changes += 1
  })
  const show = (...rows: ReturnType<typeof windowOf>[]) => {
    const held = panel.begin()
    panel.add(held, batchOf(...rows))
    panel.show(held)
  }
  return { panel, show, changes: () => changes }
}

it('shows windows by series, the members of an enum in their order', () => {
  const { panel, show, changes } = panelOf()
  show(windowOf(1, { type: 'technical', tickets: 3, is_final: true }), windowOf(0, { tickets: 2 }))
  expect(panel.view('lake')).toEqual({
    title: 'Types',
    pipeline: 'lake',
    flow: 'by_type',
    updates: true,
    stacked: true,
    series: ['billing', 'technical'],
    windows: [
      { start: 0, end: 60_000, isFinal: false, values: [2, null] },
      { start: 60_000, end: 120_000, isFinal: true, values: [null, 3] },
    ],
    hiddenSeries: 0,
    older: 0,
    refused: 0,
    isBroken: false,
  })
  expect(changes()).toBe(1)
})

it('shows nothing of a range before that is visible', () => {
  const { panel } = panelOf()
  panel.add(panel.begin(), batchOf(windowOf(0)))
  expect(panel.view('lake').windows).toEqual([])
})

it('shows 12 series, and counts the values beyond', () => {
  const { panel, show } = panelOf({ title: 'Labels', value: 'tickets', by: 'label' })
  show(...Array.from({ length: 15 }, (_, i) => windowOf(0, { label: `l${i}` })))
  show(windowOf(1, { label: 'l14' }))
  const { series, hiddenSeries, windows } = panel.view('lake')
  expect([series.length, series.at(-1), hiddenSeries, windows[0]?.values.length]).toEqual([12, 'l11', 3, 12])
})

it('says what was refused, and that it has stopped', () => {
  const { panel } = panelOf()
  panel.refused(2)
  panel.failed()
  expect(panel.view('lake')).toMatchObject({ refused: 2, isBroken: true })
})
