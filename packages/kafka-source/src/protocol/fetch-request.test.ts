import { expect, it } from 'vitest'
import { parse } from '../../test/parse.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'
import { fetchAnswer, fetchRequest } from './fetch-request.ts'

it('asks for committed messages, with the partitions of a topic together', () => {
  const at = (topic: string, partition: number) => ({ topic, partition, offset: 5 + partition, bytes: 100 })
  const r = new WireReader(fetchRequest([at('a', 0), at('b', 1), at('a', 2)], 50, 1, 1000))
  expect([r.int32(), r.int32(), r.int32(), r.int32(), r.int8(), r.int32(), r.int32()]).toEqual([-1, 50, 1, 1000, 1, 0, -1])
  const topics = r.array(() => {
    const topic = r.string()
    const partitions = r.array(() => {
      const partition = r.int32()
      r.int32()
      const offset = r.int64()
      r.int64()
      return [partition, offset, r.int32()]
    })
    return [topic, partitions]
  })
  expect(topics).toEqual([
    [
      'a',
      [
        [0, 5, 100],
        [2, 7, 100],
      ],
    ],
    ['b', [[1, 6, 100]]],
  ])
})

const answer = (stable: number, records: Buffer) =>
  new WireWriter()
    .int16(0)
    .int32(0)
    .int32(1)
    .string('t')
    .int32(1)
    .int32(3)
    .int16(6)
    .int64(90)
    .int64(stable)
    .int64(0)
    .int32(1)
    .int64(77)
    .int64(40)
    .int32(-1)
    .int32(records.length)
    .bytes(records)
    .end()

it('reads the error, the end and the aborted transactions of a partition', () => {
  const { error, partitions } = parse(fetchAnswer(), answer(80, Buffer.from([1, 2])))
  expect(error).toBe(0)
  expect(partitions).toEqual([
    { topic: 't', partition: 3, error: 6, end: 80, aborted: [{ producerId: 77n, firstOffset: 40 }], records: Buffer.from([1, 2]) },
  ])
})

it('takes the high watermark where no stable offset is known', () => {
  expect(parse(fetchAnswer(), answer(-1, Buffer.alloc(0))).partitions[0]?.end).toBe(90)
})

it('copies the records, so that the rest of an answer can be freed', () => {
  const bytes = answer(80, Buffer.from([1, 2]))
  const [found] = parse(fetchAnswer(), bytes).partitions
  bytes.fill(0)
  expect(found?.records).toEqual(Buffer.from([1, 2]))
})
