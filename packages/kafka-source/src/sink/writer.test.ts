import { rm, truncate, writeFile } from 'node:fs/promises'
import { Batch, defineSchema, type Staged, Ticket, TicketsError } from '@tickets/core'
import { nodeFiles } from '@tickets/core/node'
import { describe, expect, it, vi } from 'vitest'
import { filesIn, folder, range, taskOf, tickets } from '../../test/sink-helpers.ts'
import { type OutgoingMessage, stagedMessages } from './message-file.ts'
import { Staging } from './staging.ts'
import type { TopicLimits } from './topic-limits.ts'
import type { TransactionalProducer } from './transactional-producer.ts'
import { KafkaWriter, type WriterOptions } from './writer.ts'

const LIMITS: TopicLimits = { partitions: 3, batchBytes: null, needsKey: false }

/** A topic with its guard; what a transaction failed with is thrown once for each. */
function topicOf(limits: TopicLimits = LIMITS) {
  const sent: string[] = []
  const groups: number[] = []
  const failures: Error[] = []
  const state = { guard: -1 }
  const producer = {
    prepare: vi.fn(async (n: number) => {
      if (state.guard < 0) state.guard = n
      return limits
    }),
    guard: vi.fn(async () => state.guard),
    committedGuard: vi.fn(async () => state.guard),
    publish: vi.fn(async (n: number, messages: (limits: TopicLimits) => ReturnType<typeof stagedMessages>) => {
      const failure = failures.shift()
      if (failure) throw failure
      if (state.guard > n) return false
      for (const group of messages(limits)) {
        groups.push(group.length)
        for (const { value } of group) sent.push(String(value))
      }
      state.guard = n + 1
      return true
    }),
    close: vi.fn(async () => {}),
  }
  return { state, sent, groups, failures, producer }
}

type Topic = ReturnType<typeof topicOf>

async function writerOf(topic: Topic, more: Partial<WriterOptions<Ticket>> = {}) {
  const task = taskOf('log')
  const path = await folder()
  const staging = new Staging(nodeFiles, path, task)
  const message = (row: Ticket): OutgoingMessage => ({ key: row.client_id, value: String(Number(row.ticket_id.slice(-12))) })
  const writer = new KafkaWriter<Ticket>({
    task,
    topic: 'out',
    schema: Ticket,
    serializer: {
      *messages(batches) {
        for (const batch of batches) for (const row of batch) yield message(row)
      },
    },
    staging,
    producer: topic.producer as unknown as TransactionalProducer,
    batchBytes: 1 << 20,
    ...more,
  })
  const stage = async (n: number, from: number, to: number) => {
    await writer.write(tickets(from, to))
    return (await writer.stage(n, 'a', range(from, to))) as Staged
  }
  return { writer, staging, path, stage }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i))
const one = { n: 0, attempt: 'a' }

/** A writer whose serializer gives these messages for any rows. */
const writerWith = async (limits: TopicLimits, ...messages: OutgoingMessage[]) =>
  (await writerOf(topicOf(limits), { serializer: { messages: () => messages } })).stage(0, 0, 1)

describe('staging', () => {
  it('counts rows and bytes, in ranges of any size', async () => {
    const topic = topicOf()
    const { stage, staging, writer } = await writerOf(topic)
    const staged = await stage(0, 0, 10_000)
    expect(staged).toEqual({ n: 0, attempt: 'a', rows: 10_000, bytes: (await staging.read(one))?.length })
    await writer.publish(staged)
    expect(topic.sent).toEqual(numbers(0, 10_000))
  })

  it('yields to the event loop in the middle of a large range', async () => {
    const { stage } = await writerOf(topicOf())
    const immediate = vi.spyOn(globalThis, 'setImmediate')
    await stage(0, 0, 3 * 4096)
    const yielded = immediate.mock.calls.length
    immediate.mockRestore()
    expect(yielded).toBeGreaterThanOrEqual(3)
    expect(yielded).toBeLessThan(20)
  })

  it('asks for a guard before it writes, and writes nothing without', async () => {
    const topic = topicOf()
    topic.producer.prepare.mockRejectedValueOnce(new TicketsError('TASK_LOST', 'lost'))
    const { stage, path } = await writerOf(topic)
    await expect(stage(5, 0, 1)).rejects.toMatchObject({ code: 'TASK_LOST' })
    expect(topic.producer.prepare).toHaveBeenCalledWith(5)
    expect(await filesIn(path)).toEqual([])
  })

  it('makes no file for a range without rows, unless it has messages too', async () => {
    const topic = topicOf()
    const plain = await writerOf(topic)
    await plain.writer.write(tickets(0, 0))
    expect(await plain.writer.stage(0, 'a', range(0, 0))).toBeNull()
    expect(topic.producer.prepare).not.toHaveBeenCalled()
    const marked = await writerOf(topic, { serializer: { messages: () => [{ key: null, value: 'mark' }], hasMessagesFor: ({ to }) => to === 7 } })
    expect(await marked.writer.stage(0, 'a', range(0, 6))).toBeNull()
    await marked.writer.publish((await marked.writer.stage(0, 'a', range(0, 7))) as Staged)
    expect(topic.sent).toEqual(['mark'])
  })

  it('refuses rows of another schema, and any after its end', async () => {
    const { writer } = await writerOf(topicOf())
    const Newer = defineSchema(Ticket.zod as never, { name: Ticket.name, version: Ticket.version + 1, time: 'created_at' as never })
    const Other = defineSchema(Ticket.zod as never, { name: 'other', version: Ticket.version, time: 'created_at' as never })
    const Same = defineSchema(Ticket.zod as never, { name: Ticket.name, version: Ticket.version, time: 'created_at' as never })
    const of = (schema: unknown) => Batch.of(schema as typeof Ticket, tickets(0, 1).toArray())
    for (const schema of [Newer, Other]) await expect(writer.write(of(schema))).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
    await writer.write(of(Same))
    expect(await writer.stage(0, 'a', range(0, 1))).toMatchObject({ rows: 1 })
    await writer.close()
    await expect(writer.write(tickets(0, 1))).rejects.toMatchObject({ code: 'SINK_FAILED' })
  })

  it('refuses a partition that the topic does not have', async () => {
    const to = (partition: number) => writerWith(LIMITS, { key: null, value: 'a', partition })
    for (const partition of [-1, 3, 0.5, Number.NaN]) await expect(to(partition)).rejects.toThrow(/partitions 0 to 2/)
    for (const partition of [0, 2]) expect(await to(partition)).toMatchObject({ rows: 1 })
  })

  it('refuses a message without a key only where the topic takes none', async () => {
    const value: OutgoingMessage = { key: null, value: 'a' }
    await expect(writerWith({ ...LIMITS, needsKey: true }, { key: 'k', value: 'a' }, value)).rejects.toThrow(/compacted/)
    expect(await writerWith({ ...LIMITS, needsKey: true }, { key: '', value: 'a' })).toMatchObject({ rows: 1 })
    expect(await writerWith(LIMITS, value)).toMatchObject({ rows: 1 })
  })

  it('refuses a message that is larger than the topic takes', async () => {
    const message: OutgoingMessage = { key: 'key', value: 'x'.repeat(100) }
    const refused: unknown = await writerWith({ ...LIMITS, batchBytes: 100 }, message).catch((error: unknown) => error)
    const size = Number(/has (\d+) bytes/.exec(String(refused))?.[1])
    expect(String(refused)).toMatch(/with key "key".*takes 100/)
    await expect(writerWith({ ...LIMITS, batchBytes: size - 1 }, message)).rejects.toThrow(`takes ${size - 1}`)
    expect(await writerWith({ ...LIMITS, batchBytes: size }, message)).toMatchObject({ rows: 1 })
  })
})

describe('publishing', () => {
  it('sends a range in requests of a limited size, notes it, and removes its messages', async () => {
    const topic = topicOf()
    const { stage, writer, path } = await writerOf(topic, { batchBytes: 100 })
    const staged = await stage(0, 0, 10)
    expect(await filesIn(path)).toEqual(['0-a.tmp'])
    await writer.publish(staged)
    expect(topic.sent).toEqual(numbers(0, 10))
    expect(topic.groups.length).toBeGreaterThan(2)
    expect(await filesIn(path)).toEqual(['0-a.done'])
  })

  it('keeps the messages through two passing failures in a row, and sends them once', async () => {
    const topic = topicOf()
    const { stage, writer, path } = await writerOf(topic)
    const staged = await stage(0, 0, 10)
    const failure = () => new TicketsError('SINK_FAILED', 'no broker', { retryable: true })
    topic.failures.push(failure(), failure())
    for (let turn = 0; turn < 2; turn++) {
      await expect(writer.publish(staged)).rejects.toMatchObject({ retryable: true })
      expect(await filesIn(path)).toEqual(['0-a.tmp'])
    }
    await writer.publish(staged)
    await writer.publish(staged)
    expect(topic.sent).toEqual(numbers(0, 10))
  })

  it('asks no broker about a range that is noted, and removes what is left of it', async () => {
    const topic = topicOf()
    const { stage, writer, path, staging } = await writerOf(topic)
    const staged = await stage(0, 0, 10)
    for (const mark of ['done', 'send'] as const) await writeFile(staging.pathOf(one, mark), '')
    await writer.publish(staged)
    expect([topic.sent, topic.producer.guard.mock.calls, topic.producer.publish.mock.calls]).toEqual([[], [], []])
    expect(await filesIn(path)).toEqual(['0-a.done'])
  })

  it('takes messages that are gone for sent only where the guard is beyond them', async () => {
    const topic = topicOf()
    const { stage, writer, staging, path } = await writerOf(topic)
    const staged = await stage(0, 0, 10)
    await rm(staging.pathOf(one, 'tmp'))
    for (const guard of [-1, 0]) {
      topic.state.guard = guard
      await expect(writer.publish(staged)).rejects.toMatchObject({ code: 'STAGED_LOST', message: expect.stringContaining('0-a.tmp') })
    }
    topic.state.guard = 1
    await writer.publish(staged)
    expect([topic.sent, await filesIn(path)]).toEqual([[], []])
  })

  it('sends nothing of messages that were cut off, even where they were cut between two', async () => {
    const topic = topicOf()
    const { stage, writer, staging } = await writerOf(topic)
    const staged = await stage(0, 0, 10)
    const bytes = (await staging.read(one)) as Buffer
    const [first = []] = stagedMessages(bytes, 1)
    expect(first).toHaveLength(1)
    const perMessage = (bytes.length - 4) / 10
    await truncate(staging.pathOf(one, 'tmp'), 4 + 9 * perMessage)
    await expect(writer.publish(staged)).rejects.toMatchObject({
      code: 'STAGED_LOST',
      message: expect.stringContaining(`instead of ${bytes.length}`),
    })
    expect(topic.sent).toEqual([])
  })

  it('does not guess whether a range is sent whose guard the broker has forgotten', async () => {
    const topic = topicOf()
    const { stage, writer, staging, path } = await writerOf(topic)
    const staged = await stage(0, 0, 10)
    topic.state.guard = -1
    for (let turn = 0; turn < 2; turn++)
      await expect(writer.publish(staged)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringMatching(/0-a\.done.*0-a\.send/) })
    expect(topic.sent).toEqual([])
    await writeFile(staging.pathOf(one, 'send'), '')
    await writer.publish(staged)
    expect([topic.sent, await filesIn(path)]).toEqual([numbers(0, 10), ['0-a.done']])
  })

  it('refuses a record that does not name its rows as it did', async () => {
    const { writer, stage } = await writerOf(topicOf())
    const staged = await stage(0, 0, 1)
    for (const wrong of [{ n: '0' }, { n: 0.5 }, { attempt: 7 }, { attempt: '../a' }, { attempt: '' }, { bytes: null }])
      await expect(writer.publish({ ...staged, ...wrong } as Staged)).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
  })

  it('ends its producer with it', async () => {
    const topic = topicOf()
    await (await writerOf(topic)).writer.close()
    expect(topic.producer.close).toHaveBeenCalledOnce()
  })
})
