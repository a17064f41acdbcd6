import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lake, ticket } from '../log/logs.fixture.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['doctor', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test('what is in order is listed, and what was not looked at', async () => {
  const { dir, run: runLake } = await lake([JSON.stringify(ticket(0))])
  await runLake()
  const { code, out } = await run('--log', join(dir, 'log'), '--target', join(dir, 'other'))
  expect(out).toMatch(/^ok +node +\d+\./)
  expect(out).toContain(`"lake" in ${join(dir, 'log')}\n`)
  expect(out).toContain('not checked: Kafka (give --brokers)\n')
  expect(code).toBe(0)
})

test('what is broken is named, with how it was seen and what to do, and the exit code is 1', async () => {
  const { dir, run: runLake } = await lake([JSON.stringify(ticket(0))])
  await runLake()
  await rm(join(dir, 'all'), { recursive: true })
  const { code, out } = await run('--log', join(dir, 'log'), '--brokers', '127.0.0.1:1')
  expect(code).toBe(1)
  expect(out).toMatch(/\nbroken +target +the target of flow "all" is gone\n +seen: there is no .*\n +do: +mount it/)
  expect(out).toMatch(/\nbroken +broker +no Kafka broker answers/)
  const json = JSON.parse((await run('--log', join(dir, 'log'), '--json')).out)
  expect(json).toMatchObject({ ok: false, findings: [{ check: 'target' }], leftOut: ['Kafka (give --brokers)'] })
})
