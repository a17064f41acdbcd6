import { type Duration, Ticket } from '@tickets/core'
import { describe, expect, it, vi } from 'vitest'
import { hasJava } from '../../../test/broker/jars.ts'
import { javaBroker } from '../../../test/broker/java.ts'
import { kafkaSource } from '../src/index.ts'
import { createTopic, drain, limit, member, numbers, send, unique } from './helpers.ts'

// Only a broker of our own can be killed: whatever the other tests use, this one needs Java.
const java = await hasJava()
if (!java && process.env.CI === 'true')
  throw new Error('The test that kills a broker needs Java 17 or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven).')
if (!java) console.warn('Left out: the test that kills a broker. It needs Java 17 or newer and Maven.')

const warnings: string[] = []
process.on('warning', (warning) => warnings.push(warning.message))

describe.skipIf(!java)('a broker that dies', () => {
  it('is waited for from the start, for retryFor', async () => {
    const broker = await javaBroker()
    const { brokers } = broker
    try {
      const topic = unique('late')
      await createTopic(brokers, topic)
      await send(brokers, topic, 0, 100)
      await broker.kill()
      const source = (retryFor: Duration) => kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g'), retryFor })
      const began = Date.now()
      await expect(source('4s').describe()).rejects.toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        retryable: true,
        message: expect.stringMatching(/4 s/),
      })
      expect(Date.now() - began).toBeGreaterThanOrEqual(4000)
      const [described, joined] = [source('60s').describe(), member({ brokers, topic, groupId: unique('g'), retryFor: '60s' })]
      await new Promise((done) => setTimeout(done, 3000))
      await broker.restart()
      expect((await described).partitions).toMatchObject([{ earliest: 0, end: 100 }])
      const m = await joined
      expect((await drain(await m.open(`${topic}-0`, 0, { to: 100 }))).rows).toEqual(numbers(0, 100))
      expect(m.failures).toEqual([])
      await m.close()
    } finally {
      await broker.stop()
    }
  }, 600_000)

  it.each(['kafkajs', '@platformatic/kafka'] as const)(
    'is waited for, and reading continues where it was; if it stays away, the source fails: %s',
    async (driver) => {
      const broker = await javaBroker()
      const { brokers } = broker
      try {
        const topic = unique('outage')
        await createTopic(brokers, topic)
        await send(brokers, topic, 0, 5000)
        const m = await member({
          brokers,
          topic,
          driver,
          groupId: unique('g'),
          sessionTimeout: 6000,
          heartbeatInterval: 300,
          retryFor: '12s',
          queueBytes: 100_000,
          partitionBytes: 50_000,
        })
        const [id = ''] = m.held()
        const rows: number[] = []
        let position = 0
        const first = await drain(await m.open(id, 0), { enough: (n) => n >= 100, max: { rows: 50 } })
        rows.push(...first.rows)
        position = first.position
        await broker.kill()
        await broker.restart()
        // The group may have to form again; whoever has the partition reads on from the position.
        while (rows.length < 5000) {
          await m.until((h) => h.includes(id))
          try {
            const read = await drain(await m.open(id, position), { enough: (n) => n >= 500, max: { rows: 500 } })
            rows.push(...read.rows)
            position = read.position
          } catch (error) {
            expect(error).toMatchObject({ retryable: true })
            await new Promise((done) => setTimeout(done, 200))
          }
          if (position === 5000) break
        }
        expect(rows).toEqual(numbers(0, 5000))
        expect(m.failures).toEqual([])

        const reader = await m.open(id, 5000)
        await broker.kill()
        const t0 = Date.now()
        await vi.waitUntil(
          () =>
            reader.read(limit({ ms: 500 })).then(
              () => false,
              () => true,
            ),
          { timeout: 60_000, interval: 10 },
        )
        await vi.waitUntil(() => m.failures.length > 0, { timeout: 60_000 })
        expect(m.failures[0]).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true })
        expect(Date.now() - t0).toBeLessThan(60_000)
        await m.close()
        expect(warnings).toEqual([])
      } finally {
        await broker.stop()
      }
    },
    600_000,
  )
})
