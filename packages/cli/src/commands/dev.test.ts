import { expect, test } from 'vitest'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['dev', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test('windows of generated tickets are printed, and each ticket counts once', async () => {
  const { code, out, err } = await run('--tickets', '1000', '--rate', '0', '--json')
  expect([code, err]).toEqual([0, ''])
  const windows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { tickets: number; priority: string })
  expect(windows.reduce((sum, { tickets }) => sum + tickets, 0)).toBe(1000)
  expect(new Set(windows.map(({ priority }) => priority))).toEqual(new Set(['low', 'medium', 'high', 'critical']))
})

test('without --json there are plain lines, without what would move a cursor', async () => {
  const { out } = await run('--tickets', '200', '--rate', '0', '--by', 'request_type')
  expect(out).toMatch(/^2026-01-01T00:00:00 to 00:00:10 {2}account +\d+ {2}#+\n/m)
  expect(out).toMatch(/\ndone: 200 tickets\n$/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})

test('a wrong column is answered with those that there are', async () => {
  expect(await run('--by', 'client')).toMatchObject({ code: 1, err: expect.stringMatching(/^error OPTION_INVALID: .*priority.*request_type/) })
})
