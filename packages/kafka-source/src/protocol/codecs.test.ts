import { compressFrameSync } from 'lz4-napi'
import { compressSync } from 'snappy'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, drain, member, numbers, send, unique } from '../../test/helpers.ts'
import { slowCrc32c } from '../client/kafkajs.ts'
import { codecFault, decompress } from './codecs.ts'
import { crc32c } from './record-batch.ts'

const text = Buffer.from('one two three one two three '.repeat(5000))

/** As snappy-java writes it, in chunks of so many bytes. */
function xerial(bytes: Buffer, size: number): Buffer {
  const parts: Buffer[] = [Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])]
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = compressSync(bytes.subarray(at, at + size))
    const length = Buffer.alloc(4)
    length.writeInt32BE(chunk.length)
    parts.push(length, chunk)
  }
  return Buffer.concat(parts)
}

it('says which library of a compression cannot be loaded', () => {
  expect(['none', 'uncompressed', 'gzip', 'producer', 'snappy', 'lz4'].map((name) => codecFault(name))).toEqual([null, null, null, null, null, null])
  const missing = () => {
    throw new Error('Cannot find module')
  }
  expect(codecFault('lz4', { lz4: missing })).toContain('npm i lz4-napi')
  expect(codecFault('zstd', { zstd: undefined })).toContain('Node 22.15')
})

describe('decompress', () => {
  it('reads plain snappy, snappy in the frames of Java, and lz4', async () => {
    expect(await decompress(compressSync(text), 2, {})).toEqual(text)
    expect(await decompress(xerial(text, 32_768), 2, {})).toEqual(text)
    expect(await decompress(xerial(Buffer.alloc(0), 10), 2, {})).toEqual(Buffer.alloc(0))
    expect(await decompress(compressFrameSync(text), 3, {})).toEqual(text)
  })

  it('refuses what is cut off', async () => {
    for (const [codec, bytes] of [
      [2, compressSync(text)],
      [2, xerial(text, 32_768)],
      [3, compressFrameSync(text)],
    ] as const)
      await expect(decompress(bytes.subarray(0, -5), codec, {})).rejects.toThrow()
  })

  it('prefers a codec that was given', async () => {
    expect(await decompress(text, 3, { lz4: (bytes) => bytes.subarray(0, 3) })).toEqual(Buffer.from('one'))
  })
})

describe('crc32c', () => {
  it('gives the known checksums, as kafkajs does', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    for (const size of [0, 1, 7, 8, 9, 1000]) expect(slowCrc32c(text.subarray(0, size))).toBe(crc32c(text.subarray(0, size)))
  })
})

const shared = await sharedBroker('topics that the broker compresses')
const brokers = shared ?? []

describe.skipIf(!shared)('a topic that the broker compresses', () => {
  // Where a topic names a compression, the broker compresses anew what it gets: with Java's libraries, if it is Kafka.
  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('is read: %s', async (compression) => {
    const topic = unique(compression)
    await createTopic(brokers, topic, 1, { 'compression.type': compression })
    await send(brokers, topic, 0, 3000)
    const m = await member({ brokers, topic, groupId: unique('g') })
    const read = drain(await m.open(`${topic}-0`, 0, { to: 3000 }))
    if (compression === 'zstd' && !('zstd' in process.versions)) await expect(read).rejects.toThrow(/zstd/)
    else expect((await read).rows).toEqual(numbers(0, 3000))
    await m.close()
  })
})
