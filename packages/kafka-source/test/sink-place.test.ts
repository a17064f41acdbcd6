import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSink } from '../src/sink/sink.ts'
import { createTopic, unique } from './helpers.ts'
import { folder, openWriter, range, taskOf, tickets } from './sink-helpers.ts'

const shared = await sharedBroker('the place of a topic')
const brokers = shared ?? []

describe.skipIf(!shared)('the place of a topic', () => {
  it('is the same by every address of the cluster', async () => {
    const topic = unique('place')
    await createTopic(brokers, topic)
    const [host, port] = (brokers[0] ?? '').split(':')
    const other = `${host === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}`
    const staging = await folder()
    const [one, two] = [kafkaSink({ brokers, topic, staging }), kafkaSink({ brokers: [other], topic, staging })]
    expect(one.target).not.toBe(two.target)
    expect(await one.place?.()).toBe(await two.place?.())
    expect(await one.place?.()).toMatch(new RegExp(`^kafka:[^:,]+/${topic}$`))
  })

  it('tells by its guard what the log must have reached', async () => {
    const topic = unique('reached')
    await createTopic(brokers, topic)
    const options = { brokers, topic, staging: await folder() }
    const task = taskOf(unique('log').slice(-8))
    const reached = () => kafkaSink(options).reached?.({ id: task.logId, flow: task.flow, tasks: [task.task, 'merge'] })
    expect(await reached()).toEqual({})
    const writer = await openWriter(options, task)
    await writer.write(tickets(0, 3))
    const staged = await writer.stage(4, 'a', range(0, 3))
    // Staged and not recorded: record 3 is there.
    expect(await reached()).toEqual({ [task.task]: 3 })
    await writer.publish(staged ?? {})
    expect(await reached()).toEqual({ [task.task]: 4 })
    await writer.close()
  })
})
