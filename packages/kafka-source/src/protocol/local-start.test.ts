import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { type Asked, fakeCluster } from '../../test/fake-cluster.ts'
import { createTopic, deleteRecords, rawKafka, send, unique } from '../../test/helpers.ts'
import { withCluster } from '../client/client.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'
import { localStart } from './local-start.ts'

const LIST_OFFSETS = 2

/** The answer for one partition: tagged fields end each part. */
const answered = (error: number, offset: number) =>
  new WireWriter()
    .int8(0)
    .int32(0)
    .compactLength(1)
    .compactString('t')
    .compactLength(1)
    .int32(3)
    .int16(error)
    .int64(-1)
    .int64(offset)
    .int32(0)
    .int8(0)
    .int8(0)
    .int8(0)
    .end()

const asking = (answer: (asked: Asked) => Buffer, version = 8) =>
  localStart(fakeCluster({ versions: { [LIST_OFFSETS]: version }, answer }), '0', 't', 3)

describe('localStart', () => {
  it('asks for the first offset on the broker itself, of one partition', async () => {
    let asked: Asked | null = null
    await asking((request) => {
      asked = request
      return answered(0, 5)
    })
    const { apiKey, apiVersion, body } = asked as unknown as Asked
    expect([apiKey, apiVersion]).toEqual([LIST_OFFSETS, 8])
    const r = new WireReader(body)
    r.tags()
    expect([r.int32(), r.int8(), r.uvarint(), r.compactString(), r.uvarint(), r.int32(), r.int32(), r.int64()]).toEqual([-1, 0, 2, 't', 2, 3, -1, -4])
  })

  it('gives the offset, and null for an error, for none, and for an answer that leaves the partition out', async () => {
    expect(await asking(() => answered(0, 12_000))).toBe(12_000)
    expect(await asking(() => answered(6, 12_000))).toBeNull()
    expect(await asking(() => answered(0, -1))).toBeNull()
    expect(await asking(() => new WireWriter().int8(0).int32(0).compactLength(0).int8(0).end())).toBeNull()
  })

  it('does not ask a broker that cannot tell', async () => {
    expect(await asking(() => expect.fail('it was asked'), 7)).toBeNull()
  })
})

const brokers = await sharedBroker('the first local offset')

describe.skipIf(!brokers)('a broker without remote storage', () => {
  it('holds all that is there itself, from the first message that was not deleted', async () => {
    const topic = unique('local')
    await createTopic(brokers ?? [], topic)
    await send(brokers ?? [], topic, 0, 10)
    const start = () =>
      withCluster(rawKafka(brokers ?? []), async (cluster) => {
        await cluster.addMultipleTargetTopics([topic])
        const [node = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
        return localStart(cluster, node, topic, 0)
      })
    // Null: a broker from before remote storage, which tells nothing.
    expect([0, null]).toContain(await start())
    await deleteRecords(brokers ?? [], topic, 4)
    expect([4, null]).toContain(await start())
  })
})
