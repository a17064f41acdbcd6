import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownDatabase } from '../../packages/sinks/test/mysql-helpers.ts'
import { sharedBroker } from '../broker/shared.ts'
import { example, folder } from './run.ts'

const brokers = (await sharedBroker('the feeds example'))?.join(',')
const database = await ownDatabase('the feeds example')

test.skipIf(!brokers || !database)(
  'the lake and the warehouse, side by side from one topic; one without its database does not stop the other',
  async () => {
    const topic = `feeds-${randomUUID()}`
    expect(await example('produce', ['--brokers', `${brokers}`, '--topic', topic, '--tickets', '2000'])).toMatchObject({ code: 0 })
    const env = { BROKERS: `${brokers}`, TOPIC: topic, OUTPUT: join(await folder(), 'feeds'), UNTIL: 'now' }
    const feeds = (more: Record<string, string>) =>
      example('feeds/feeds', ['start', '--json'], { env: { ...env, FEEDS_SOCKET: `${env.OUTPUT}.sock`, ...more } })
    const without = await feeds({ MYSQL_URL: '' })
    expect(without.code, without.stderr).toBe(1)
    expect(JSON.parse(without.stdout)).toMatchObject([
      { name: 'lake', state: 'done', rows: 2000 },
      { name: 'warehouse', state: 'failed', error: { message: expect.stringContaining('set MYSQL_URL') } },
    ])
    const both = await feeds({ MYSQL_URL: `${database?.url}` })
    expect(both.code, both.stderr).toBe(0)
    expect(JSON.parse(both.stdout)).toMatchObject([
      { name: 'lake', state: 'done', rows: 0 },
      { name: 'warehouse', state: 'done', rows: 2000 },
    ])
    expect(await database?.query('SELECT count(*) AS n, count(DISTINCT ticket_id) AS d FROM fact_ticket')).toMatchObject([{ n: 2000, d: 2000 }])
    expect(both.stdout + both.stderr).not.toContain(new URL(`${database?.url}`).password || 'no password')
  },
  120_000,
)
