import { expect, it } from 'vitest'
import { WireWriter } from '../src/connection/wire.ts'
import { fetchAnswer } from '../src/protocol/fetch-request.ts'
import { parse } from './parse.ts'
import { emptied } from './proxy.ts'
import { recordBatch } from './record-batches.ts'

/** The answer to a fetch as a frame: its length and number first. Each partition has this many aborted transactions. */
function frame(topics: Readonly<Record<string, readonly number[]>>): Buffer {
  const out = new WireWriter().int32(0).int16(0).int32(0).int32(Object.keys(topics).length)
  for (const [topic, partitions] of Object.entries(topics)) {
    out.string(topic).int32(partitions.length)
    for (const [partition, aborted] of partitions.entries()) {
      out.int32(partition).int16(0).int64(90).int64(80).int64(0).int32(aborted)
      for (let i = 0; i < aborted; i++) out.int64(7).int64(i)
      const records = recordBatch(0, ['a', 'b'])
      out.int32(-1).int32(records.length).bytes(records)
    }
  }
  const body = out.end()
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length, 0)
  head.writeInt32BE(77, 4)
  return Buffer.concat([head, body])
}

it.each([
  ['one partition', { t: [0] }],
  ['several partitions and topics, with aborted transactions', { t: [0, 2, 1], longer: [1, 0] }],
  ['no partition', {}],
  ['no aborted transactions known', { t: [-1, 0] }],
])('an emptied answer tells all but the records: %s', (_, topics) => {
  const whole = frame(topics)
  const empty = emptied(whole)
  expect([empty.readInt32BE(0), empty.readInt32BE(4)]).toEqual([empty.length - 4, 77])
  const [before, after] = [whole, empty].map((bytes) => parse(fetchAnswer(), bytes.subarray(12)).partitions)
  expect(after).toEqual(before?.map((partition) => ({ ...partition, records: Buffer.alloc(0) })))
})
