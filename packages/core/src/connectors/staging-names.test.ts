import { expect, test } from 'vitest'
import { parseStagingName, stagingName, taskStaging } from './staging-names.ts'

const task = { logId: 'log1', flow: 'all', task: 'tickets-0' }

test('the staging of a range names log, flow, task, number and attempt', () => {
  expect(stagingName(task, 3, 'a1')).toBe('.staging/log1/all/tickets-0/3-a1')
  expect(stagingName({ ...task, flow: '' }, 3, 'a1')).toBe('.staging/log1/tickets-0/3-a1')
})

test('flows of any name have a staging of their own, whose names every file system takes', () => {
  const of = (flow: string) => taskStaging({ ...task, flow })
  expect(of('a/b ü')).toBe('.staging/log1/a%2fb%20%c3%bc/tickets-0')
  expect(of('..')).toBe('.staging/log1/%2e./tickets-0')
  const long = ['x'.repeat(300), `${'x'.repeat(300)}y`].map(of)
  expect(long[0]).not.toBe(long[1])
  expect(Math.max(...long.flatMap((path) => path.split('/')).map(({ length }) => length))).toBeLessThan(255)
  // The names of earlier releases, which hashed with another library.
  expect(long[0]).toContain(`${'x'.repeat(100)}-0d4e2ca9e9cbced7`)
})

test('the last name of a staging tells number and attempt; other names tell nothing', () => {
  expect(parseStagingName('12-a1-b')).toEqual({ n: 12, attempt: 'a1-b' })
  expect(parseStagingName('owner.tickets')).toBeNull()
})
