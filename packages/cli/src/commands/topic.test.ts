import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv, print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

const brokers = await sharedBroker('the commands topic and produce')

describe.skipIf(!brokers)('on a broker', () => {
  const at = ['--brokers', (brokers ?? []).join(',')]

  test('a topic is created once, gets tickets, and the doctor finds nothing', async () => {
    const topic = `cli-${randomUUID().slice(0, 8)}`
    expect(await run('produce', topic, ...at)).toMatchObject({ code: 1, err: expect.stringMatching(/^error SOURCE_MISSING: .*\n$/) })
    expect(await run('topic', 'create', topic, ...at, '--partitions', '2', '--config', 'retention.ms=-1')).toEqual({
      code: 0,
      out: `${topic} was created: 2 partitions\n`,
      err: '',
    })
    expect(JSON.parse((await run('topic', 'create', topic, ...at, '--json')).out)).toEqual({ topic, partitions: 2, created: false })
    expect((await run('produce', topic, ...at, '--tickets', '30')).out).toBe(`30 tickets were sent to ${topic}\n`)
    const { code, out } = await run('doctor', ...at, '--topic', topic, '--group', `g-${topic}`, '--json')
    expect(JSON.parse(out)).toMatchObject({ findings: [], fine: { topic, broker: at[1], listener: 'in order' } })
    expect(code).toBe(0)
  })
})

test.each([
  [['topic', 'crate', 'x', '--brokers', 'a:1'], 'Did you mean create?'],
  [['topic', 'create'], '<topic> is missing'],
  [['topic', 'create', 'x', '--brokers', 'localhost'], 'brokers is a list of host:port'],
  [['topic', 'create', 'x', '--brokers', 'a:1', '--config', 'retention'], '--config takes name=value'],
])('%j is refused in one line', async (argv, message) => {
  const { code, err } = await run(...argv)
  expect([code, err.trim().split('\n').length]).toEqual([1, 1])
  expect(err).toContain(message)
})
