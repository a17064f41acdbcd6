import { expect, test } from 'vitest'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let out = ''
  const code = await ticketsCli({ argv: ['size', ...argv], print: (text) => (out += text), printError: (text) => (out += text) })
  return { code, out }
}

test('sizes are printed as a table, or as JSON', async () => {
  const { code, out } = await run('--rate', '5000', '--partitions', '12', '--retention', '30d')
  expect(code).toBe(0)
  expect(out).toMatch(/topic +│ 1\.2 MiB\/s, 8\.8 TiB on the brokers/)
  expect(out).toMatch(/catching up +│ 36\.4 s/)
  expect(out).toMatch(/warning +│ files are small/)
  const json = JSON.parse((await run('--rate', '5000', '--partitions', '12', '--retention', '30d', '--json')).out)
  expect(json).toMatchObject({ topic: { bytesPerSecond: 1_250_000 }, pipeline: { processes: 2 } })
})

test('a rate has to be greater than 0', async () => {
  expect(await run('--rate', '0')).toMatchObject({ code: 1, out: expect.stringMatching(/^error OPTION_INVALID: --rate/) })
})
