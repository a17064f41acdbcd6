import { expect, test } from 'vitest'
import { Every, task } from '../../test/helpers.ts'
import { footerOf } from './footer.ts'

const said = (...args: Parameters<typeof footerOf>) => footerOf(...args).get('tickets') as string

test('7.4 says what a file holds, and no clock time', () => {
  const text = said(Every, task, { from: 0, to: 10, empty: false }, ['kind'])
  expect(JSON.parse(text)).toEqual({
    schema: 'every',
    version: 3,
    keys: [],
    flow: 'all',
    task: 'tickets-0',
    from: '0',
    to: '10',
    partitions: ['kind'],
  })
})

test('7.4 the order of keys in a position does not show', () => {
  const [a, b] = [
    { 'x-0': 1, 'x-1': { b: 2, a: [1] } },
    { 'x-1': { a: [1], b: 2 }, 'x-0': 1 },
  ]
  expect(said(Every, task, { from: a, to: 'end', empty: false })).toBe(said(Every, task, { from: b, to: 'end', empty: false }))
})
