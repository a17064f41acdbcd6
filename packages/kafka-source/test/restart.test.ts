import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { into, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import { describe, expect, it, vi } from 'vitest'
import { hasJava } from '../../../test/broker/jars.ts'
import { javaBroker } from '../../../test/broker/java.ts'
import { kafkaSink, kafkaSource } from '../src/index.ts'
import { createTopic, numbers, send, unique } from './helpers.ts'
import { committed, filesIn, folder, numbersIn } from './sink-helpers.ts'

// Only a broker of our own can be killed: whatever the other tests use, this one needs Java.
const java = await hasJava()
if (!java && process.env.CI === 'true')
  throw new Error(
    'The test that restarts a broker under a pipeline needs Java 17 or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven).',
  )
if (!java) console.warn('Left out: the test that restarts a broker under a pipeline. It needs Java 17 or newer and Maven.')

describe.skipIf(!java)('a broker that is killed and started again in the middle of a run', () => {
  it('is waited for: files and topic get each ticket once, and the run ends cleanly', async () => {
    const broker = await javaBroker()
    const { brokers } = broker
    try {
      const [input, output] = [unique('in'), unique('out')]
      await createTopic(brokers, input, 2)
      await createTopic(brokers, output, 2)
      await send(brokers, input, 0, 6000, 0)
      await send(brokers, input, 6000, 12_000, 1)
      const at = await folder()
      const stop = new AbortController()
      let rows = 0
      const running = pipeline({
        name: 'restarted',
        source: kafkaSource({
          schema: Ticket,
          brokers,
          topic: input,
          groupId: unique('g'),
          sessionTimeout: 6000,
          heartbeatInterval: 300,
          partitionBytes: 30_000,
          queueBytes: 60_000,
        }),
        log: commitLog(join(at, 'log')),
        range: { rows: 200, time: '500ms' },
        onProgress: (progress) => {
          rows = progress.rows
        },
        flows: (t) => ({
          files: t.pipe(into(jsonSink(join(at, 'files')))),
          copy: t.pipe(into(kafkaSink({ brokers, topic: output, staging: join(at, 'staging'), key: 'client_id' }))),
        }),
      }).run({ handleSignals: false, signal: stop.signal })
      running.catch(() => {})
      const files = async () => {
        const names = (await readdir(join(at, 'files')).catch(() => [])).filter((name) => name.startsWith('part-'))
        const texts = await Promise.all(names.map((name) => readFile(join(at, 'files', name), 'utf8')))
        return texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => Number(JSON.parse(line).ticket_id.slice(-12)))
      }
      const written = (count: number) => vi.waitUntil(async () => (await files()).length >= count, { timeout: 240_000, interval: 100 })
      await written(500)
      await broker.kill()
      await new Promise((done) => setTimeout(done, 2000))
      await broker.restart()
      const before = (await files()).length
      expect(before).toBeLessThan(12_000)
      await written(before + 1000)
      await broker.kill()
      await broker.restart()
      await written(12_000)
      await send(brokers, input, 12_000, 12_100, 0)
      await written(12_100)
      stop.abort()
      await running
      expect((await files()).sort((a, b) => a - b)).toEqual(numbers(0, 12_100))
      expect(numbersIn(await committed(brokers, output, 12_100)).sort((a, b) => a - b)).toEqual(numbers(0, 12_100))
      expect((await filesIn(join(at, 'staging'))).filter((name) => name.endsWith('.tmp'))).toEqual([])
      expect(rows).toBeGreaterThan(0)
    } finally {
      await broker.stop()
    }
  }, 900_000)
})
