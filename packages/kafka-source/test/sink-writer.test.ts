import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, DeadLetter } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { dying } from '../../../test/files/dying.ts'
import { createTopic, numbers, rawKafka, unique } from './helpers.ts'
import { committed, filesIn, folder, numbersIn, openWriter, range, stageTickets, taskOf, tickets } from './sink-helpers.ts'

const shared = await sharedBroker('the writer of a Kafka sink')
const brokers = shared ?? []

async function target(partitions = 1) {
  const topic = unique('out')
  await createTopic(brokers, topic, partitions)
  return { options: { brokers, topic, staging: await folder(), retryFor: 20_000 }, topic, task: taskOf(unique('log').slice(-8)) }
}

const deleteGuard = async (logId: string) => {
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  await admin.deleteGroups([`tickets-${logId}-copy-in-0`])
  await admin.disconnect()
}

describe.skipIf(!shared)('the writer of a task', () => {
  it('refuses a batch of another schema, and one that comes after it was closed; neither is written', async () => {
    const { options, topic, task } = await target()
    const writer = await openWriter(options, task)
    await expect(writer.write(Batch.of(DeadLetter, []) as never)).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
    await writer.close()
    await expect(writer.write(tickets(0, 1))).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/flow "copy": a batch came after its writer for out-\S+ was closed/),
    })
    expect(await committed(brokers, topic)).toEqual([])
    await writer.close()
  })

  it('does nothing for a range without rows, and cuts synchronously', async () => {
    const { options, topic, task } = await target()
    const writer = await openWriter(options, task)
    expect(await writer.stage(0, 'a', { ...range(0, 0), empty: true })).toBeNull()
    await writer.write(tickets(0, 2))
    const staging = writer.stage(1, 'a', range(0, 2))
    await writer.write(tickets(2, 4))
    await writer.publish((await staging) ?? {})
    await writer.publish((await writer.stage(2, 'a', range(2, 4))) ?? {})
    expect(numbersIn(await committed(brokers, topic, 4))).toEqual(numbers(0, 4))
    await writer.close()
  })

  it('6.2 publishing again changes nothing: known by the file, by the guard alone, and by another process', async () => {
    const { options, topic, task } = await target()
    const writer = await openWriter(options, task)
    const staged = await stageTickets(writer, 0, 'a', 0, 10)
    await writer.publish(staged)
    await writer.publish(staged)
    expect(await filesIn(options.staging)).toEqual(['0-a.done'])
    await writer.close()
    // As if it had died before it noted that the transaction was committed.
    const second = await openWriter(options, task)
    const again = await stageTickets(second, 1, 'b', 10, 20)
    await second.publish(again)
    await second.close()
    await rm(join(options.staging, '.kafka-staging'), { recursive: true })
    const third = await openWriter(options, task)
    await third.publish(again)
    expect(numbersIn(await committed(brokers, topic, 20))).toEqual(numbers(0, 20))
    await third.close()
  })

  it('6.2 fences a process that only believes it has the task: its open transaction is never seen', async () => {
    const { options, topic, task } = await target()
    const zombie = await openWriter(options, task)
    const first = await stageTickets(zombie, 0, 'a', 0, 10)
    await zombie.publish(first)
    const late = await stageTickets(zombie, 1, 'a', 10, 20)
    // The new owner finds record 1 in the log and publishes it; the zombie wakes and does the same.
    const owner = await openWriter(options, task)
    await owner.publish(late)
    await rm(join(options.staging, '.kafka-staging', task.logId, 'in-0', 'copy', '1-a.done'))
    // Its own idea of the guard is old: it asks, and finds that there is nothing to do.
    await zombie.publish(late)
    await owner.publish(await stageTickets(owner, 2, 'b', 20, 30))
    expect(numbersIn(await committed(brokers, topic, 30))).toEqual(numbers(0, 30))
    await Promise.all([zombie.close(), owner.close()])
  })

  it('gives up a task whose producer was fenced between two ranges', async () => {
    const { options, topic, task } = await target()
    const zombie = await openWriter(options, task)
    await zombie.publish(await stageTickets(zombie, 0, 'a', 0, 5))
    const staged = await stageTickets(zombie, 1, 'a', 5, 10)
    const owner = await openWriter(options, task)
    await stageTickets(owner, 1, 'b', 5, 10)
    await expect(zombie.publish(staged)).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
    expect(numbersIn(await committed(brokers, topic, 5))).toEqual(numbers(0, 5))
    await Promise.all([zombie.close(), owner.close()])
  })

  it('a zombie that stages a number that is published gives up', async () => {
    const { options, task } = await target()
    const owner = await openWriter(options, task)
    await owner.publish(await stageTickets(owner, 0, 'b', 0, 5))
    const zombie = await openWriter(options, task)
    await expect(stageTickets(zombie, 0, 'a', 0, 5)).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
    await Promise.all([zombie.close(), owner.close()])
  })

  it('says so when recorded rows are lost or damaged', async () => {
    const { options, task } = await target()
    const writer = await openWriter(options, task)
    const staged = await stageTickets(writer, 0, 'a', 0, 5)
    const file = join(options.staging, '.kafka-staging', task.logId, 'in-0', 'copy', '0-a.tmp')
    await truncate(file, 50)
    await expect(writer.publish(staged)).rejects.toMatchObject({ code: 'STAGED_LOST' })
    await rm(file)
    await expect(writer.publish(staged)).rejects.toMatchObject({ code: 'STAGED_LOST', message: expect.stringMatching(/0-a\.tmp/) })
    await expect(writer.publish({ n: 0 })).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
    await writer.close()
  })

  it('does not guess when the broker has forgotten the guard, and needs none where the rows are known to be there', async () => {
    const { options, topic, task } = await target()
    const first = await openWriter(options, task)
    const zero = await stageTickets(first, 0, 'a', 0, 5)
    await first.publish(zero)
    await first.close()
    await deleteGuard(task.logId)
    const second = await openWriter(options, task)
    await second.publish(zero)
    const one = await stageTickets(second, 1, 'b', 5, 10)
    await second.close()
    // Its guard was set before the record was made, so it is known not to be there.
    const third = await openWriter(options, task)
    await third.publish(one)
    const two = await stageTickets(third, 2, 'c', 10, 15)
    await third.close()
    await deleteGuard(task.logId)
    const fourth = await openWriter(options, task)
    await expect(fourth.publish(two)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringMatching(/2-c\.done.*2-c\.send/) })
    await writeFile(join(options.staging, '.kafka-staging', task.logId, 'in-0', 'copy', '2-c.send'), '')
    await fourth.publish(two)
    expect(numbersIn(await committed(brokers, topic, 15))).toEqual(numbers(0, 15))
    expect(await filesIn(options.staging)).toEqual(['0-a.done', '1-b.done', '2-c.done'])
    await fourth.close()
  })

  it('death at every call to the file system, before or after it happened: each row once, nothing left over', async () => {
    for (const after of [false, true]) {
      for (let last = 1, died = true; died; last++) {
        const { options, topic, task } = await target()
        const recorded: { n: number; attempt: string; staged: Parameters<Awaited<ReturnType<typeof openWriter>>['publish']>[0] }[] = []
        const run = async (files: FileLayer, attempt: string) => {
          const writer = await openWriter({ ...options, files }, task)
          const head = recorded.at(-1)
          if (head) {
            await writer.publish(head.staged)
            await writer.sweep(head)
          }
          for (let n = (head?.n ?? -1) + 1; n < 2; n++) {
            const staged = await stageTickets(writer, n, attempt, n * 3, n * 3 + 3)
            recorded.push({ n, attempt, staged })
            await writer.publish(staged)
            await writer.sweep({ n, attempt })
          }
          await writer.close()
        }
        died = await run(dying(last, after), 'first').then(
          () => false,
          () => true,
        )
        await run(nodeFiles, 'second')
        expect(numbersIn(await committed(brokers, topic, 6, 100)), `after ${after}, call ${last}`).toEqual(numbers(0, 6))
        expect(await filesIn(options.staging)).toEqual([`1-${recorded.at(-1)?.attempt}.done`])
        if (!died) expect(last).toBeGreaterThan(15)
      }
    }
  }, 180_000)
})
