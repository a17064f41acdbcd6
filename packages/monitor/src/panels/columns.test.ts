import { Ticket } from '@tickets/core'
import { expect, it } from 'vitest'
import { batchOf, byType, windowOf } from '../../test/windows.ts'
import { checkColumns, type PanelOptions, readWindows } from './columns.ts'

const options: PanelOptions = { title: 'Types', value: 'tickets', by: 'type' }

it('accepts columns with numbers, and the key of the windows', () => {
  expect(() => checkColumns(options, byType, 'f')).not.toThrow()
  expect(() => checkColumns({ title: 'All', value: ['tickets', 'mean'] }, { ...byType, keys: ['window_start', 'window_end'] }, 'f')).not.toThrow()
})

it.each([
  [{ ...options, value: 'ticket' }, 'shows the column "ticket", which its windows lack: Did you mean tickets?'],
  [{ ...options, value: 'label' }, 'shows the column "label", which is of kind string and not a number'],
  [{ ...options, value: [] }, 'shows no column: name one as `value`'],
  [{ ...options, value: ['tickets', 'mean'] }, 'has several values and `by`: make a panel for each value'],
  [{ title: 'Types', value: 'tickets' }, 'is grouped by nothing, and its windows by "type": they must be the same'],
  [{ ...options, by: 'label' }, 'is grouped by "label", and its windows by "type": they must be the same'],
])('refuses %o', (wrong, why) => {
  expect(() => checkColumns(wrong, byType, 'f')).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: `the panel "Types" of flow "f" ${why}` }),
  )
})

it('refuses rows that are no windows', () => {
  expect(() => checkColumns(options, Ticket, 'f')).toThrow('shows windows, and its rows are none')
})

it('reads bounds, key, values, revision and whether a row is final', () => {
  const rows = [...readWindows(batchOf(windowOf(1, { tickets: 5, revision: 2 }), windowOf(2, { type: 'technical', is_final: true })), options)]
  expect(rows).toEqual([
    { start: 60_000, end: 120_000, revision: 2, isFinal: false, key: 'billing', values: [5] },
    { start: 120_000, end: 180_000, revision: 0, isFinal: true, key: 'technical', values: [1] },
  ])
})

it('reads several values, and no key', () => {
  const [row] = readWindows(batchOf(windowOf(0, { mean: null })), { title: 'All', value: ['tickets', 'mean'] })
  expect(row).toMatchObject({ key: null, values: [1, null] })
})

it('cuts a long key', () => {
  const [row] = readWindows(batchOf(windowOf(0, { label: 'x'.repeat(99) })), { ...options, by: 'label' })
  expect(row?.key).toBe(`${'x'.repeat(39)}…`)
})
