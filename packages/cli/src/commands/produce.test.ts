import { expect, test } from 'vitest'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['produce', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

// What it sends is tried beside `topic`, on a broker.
test.each([
  [[], '<topic> is missing'],
  [['tickets'], 'brokers is a list of host:port'],
  [['tickets', '--brokers', 'a:1', '--rate', '-1'], '--rate'],
  [['tickets', '--brokers', 'a:1', '--username', 'reader'], 'give both, or none'],
])('%j is refused in one line', async (argv, message) => {
  const { code, out, err } = await run(...argv)
  expect([code, out, err.trim().split('\n').length]).toEqual([1, '', 1])
  expect(err).toContain(message)
})
