import { expect, it } from 'vitest'
import { at, batchOf, byType, windowOf } from '../../test/windows.ts'
import { Panels } from './panels.ts'

const options = { title: 'Types', value: 'tickets', by: 'type' }
const named = () => 'lake'

it('has one panel for a title and flow, however often the flow is built', () => {
  const panels = new Panels()
  const [first, second] = [panels.tap(options).open(at, byType), panels.tap(options).open({ ...at, task: 'tickets-0' }, byType)]
  panels.tap(options).open({ ...at, flow: 'other' }, byType)
  expect(second).toBe(first)
  const held = first.begin()
  first.add(held, batchOf(windowOf(0)))
  first.show(held)
  expect(panels.view(named).map(({ flow, windows }) => [flow, windows.length])).toEqual([
    ['by_type', 1],
    ['other', 0],
  ])
  expect(panels.changes).toBe(4)
})

it('refuses columns that the windows lack', () => {
  expect(() => new Panels().tap({ ...options, value: 'none' }).check?.(byType, 'f')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

it('forgets the panels of a log that no run has', () => {
  const panels = new Panels()
  panels.tap(options).open(at, byType)
  expect(panels.view(() => null)).toEqual([])
  expect(panels.view(named)).toEqual([])
})
