import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { highPriority, into, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { hasJava, kafkaJars } from '../../../test/broker/jars.ts'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { type CrashEverywhereOptions, crashEverywhere, eachStep, type World } from '../../core/src/testing/crash-everywhere.ts'
import { quickClock } from '../../core/src/testing/quick-clock.ts'
import { deadLetterTopic, kafkaSink, kafkaSource } from '../src/index.ts'
import { createTopic, numbers, rawKafka, send, ticket, unique } from './helpers.ts'
import { readMessages } from './read-messages.ts'
import { committed, filesIn, folder, numbersIn } from './sink-helpers.ts'

const shared = await sharedBroker('Kafka to Kafka')
const brokers = shared ?? []
const java = await hasJava()

async function topics(partitions = 1) {
  const [input, output, dead] = [unique('in'), unique('out'), unique('dead')]
  await createTopic(brokers, input, partitions)
  await createTopic(brokers, output, partitions)
  await createTopic(brokers, dead, 1)
  const staging = await folder()
  return { input, output, dead, staging, log: join(await folder(), 'log') }
}

describe.skipIf(!shared)('Kafka to Kafka', () => {
  it('6.2, 6.4 copies what is selected, run after run, each row once; dead letters keep their bytes and say where they are from', async () => {
    const { input, output, dead, staging, log } = await topics(2)
    const groupId = unique('g')
    const run = () =>
      pipeline({
        name: 'copy',
        source: kafkaSource({ schema: Ticket, brokers, topic: input, groupId, until: 'now' }),
        log: commitLog(log),
        range: { rows: 500 },
        deadLetters: deadLetterTopic({ brokers, topic: dead, staging }),
        flows: (t) => ({ copy: t.pipe(into(kafkaSink({ brokers, topic: output, staging, key: 'client_id' }))) }),
      }).run({ handleSignals: false })
    await send(brokers, input, 0, 1500, 0)
    await send(brokers, input, 1500, 3000, 1)
    const producer = rawKafka(brokers).producer()
    await producer.connect()
    const bytes = Buffer.from([0xff, 0x00, 0x80])
    await producer.send({
      topic: input,
      messages: [
        { partition: 1, key: 'k', value: 'not JSON' },
        { partition: 1, key: bytes, value: bytes },
        { partition: 1, key: null, value: null },
      ],
    })
    await producer.disconnect()
    expect(await run()).toMatchObject({ rows: 3003, rejected: 3 })
    expect(await run()).toMatchObject({ rows: 0 })
    await send(brokers, input, 3000, 3100, 0)
    expect(await run()).toMatchObject({ rows: 100 })
    expect(numbersIn(await committed(brokers, output, 3100)).sort((a, b) => a - b)).toEqual(numbers(0, 3100))
    const letters = await readMessages(brokers, dead)
    const from = (offset: number) => ({ 'source.topic': input, 'source.partition': '1', 'source.offset': String(offset) })
    expect(letters.map(({ key, value }) => [key, value])).toEqual([
      [Buffer.from('k'), Buffer.from('not JSON')],
      [bytes, bytes],
      [null, null],
    ])
    letters.forEach(({ headers }, i) => {
      expect(headers).toMatchObject(from(1500 + i))
      expect(headers.reason?.length).toBeGreaterThan(5)
      expect(Math.abs(Date.parse(headers['source.timestamp'] ?? '') - Date.now())).toBeLessThan(120_000)
    })
    expect((await filesIn(staging)).filter((name) => !name.endsWith('.done'))).toEqual([])
  })

  // All of them take five minutes: CRASH=all; else those around a commit, and some of the others.
  it('a crash at any step of source, log and sinks, before it acts and after: the same messages, each once', async () => {
    const rows = [ticket(0), ticket(1), 'not JSON', { ...ticket(2), priority: 'high' as const }, ticket(3)]
    const everywhere = (crashes?: CrashEverywhereOptions<World>['crashes']) =>
      crashEverywhere({
        ...(crashes && { crashes }),
        world: async () => {
          const { output, dead, staging } = await topics()
          const high = unique('high')
          await createTopic(brokers, high)
          const sinks = {
            all: kafkaSink<Ticket>({ brokers, topic: output, staging, key: 'client_id' }),
            high: kafkaSink<Ticket>({ brokers, topic: high, staging }),
            dead: deadLetterTopic({ brokers, topic: dead, staging }),
          }
          const seen = async (topic: string) => ({ rows: (await committed(brokers, topic, 0, 50)).map((m) => ({ ...m, headers: undefined })) })
          return {
            source: memorySource({ schema: Ticket, partitions: [messagesOf(rows)], chunk: 2 }),
            log: memoryLog(),
            sinks,
            outputs: async () => ({ all: await seen(output), high: await seen(high), dead: await seen(dead) }),
            leftBehind: async () => (await filesIn(staging)).filter((name) => !name.endsWith('.done')),
          }
        },
        pipeline: ({ source, log, sinks }) =>
          pipeline({
            name: 'copy',
            source,
            log,
            clock: quickClock,
            range: { rows: 2 },
            deadLetters: sinks.dead,
            flows: (t) => ({ all: t.pipe(into(sinks.all)), high: t.pipe(highPriority(), into(sinks.high)) }),
          }),
      })
    const { steps } = await everywhere([])
    const commit = (at: number) => /(all|dead): (stage|publish) memory-0\/?1?$|append memory-0\/1/.test(steps[at] ?? '')
    const some = [...eachStep(steps.length)].filter(
      ([crash]) => crash && (commit(crash.step - 1) || (crash.step * 2 + (crash.when === 'after' ? 1 : 0)) % 11 === 0),
    )
    const report = await everywhere(process.env.CRASH === 'all' ? undefined : some)
    expect(report.crashes).toBeGreaterThan(20)
  }, 600_000)

  it.skipIf(!java)("is seen the same by Kafka's own consumer", async () => {
    const { input, output, staging, log } = await topics()
    await send(brokers, input, 0, 1000)
    await pipeline({
      name: 'copy',
      source: kafkaSource({ schema: Ticket, brokers, topic: input, groupId: unique('g'), until: 'now' }),
      log: commitLog(log),
      range: { rows: 100 },
      flows: (t) => ({ copy: t.pipe(into(kafkaSink({ brokers, topic: output, staging }))) }),
    }).run({ handleSignals: false })
    const tool = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
    const options = ['--bootstrap-server', brokers.join(','), '--topic', output, '--from-beginning', '--isolation-level', 'read_committed']
    const jvm = ['-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-cp', join(await kafkaJars(), '*')]
    const read = async (ms: number): Promise<string[]> => {
      const { stdout } = await promisify(execFile)('java', [...jvm, tool, ...options, '--timeout-ms', String(ms)], { maxBuffer: 1 << 28 })
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
      // The tool ends when nothing came for so long, which on a busy machine happens before it has joined.
      return lines.length < 1000 && ms < 80_000 ? read(ms * 4) : lines
    }
    const lines = await read(5000)
    expect(lines.map((line) => Number(JSON.parse(line).ticket_id.slice(-12)))).toEqual(numbers(0, 1000))
  })
})
