import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { messageOf, TicketsError } from '@tickets/core'
import type * as Lz4 from 'lz4-napi'
import type * as Snappy from 'snappy'

/** Decompresses one record batch; `bytes` come as the producer wrote them (snappy often with xerial framing). */
export type Decompress = (bytes: Buffer) => Buffer | Promise<Buffer>

/** Functions that decompress in place of the libraries that are built in. */
export type Codecs = { readonly [name in 'snappy' | 'lz4' | 'zstd']?: Decompress }

const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const gunzip = promisify(zlib.gunzip)

/** Java's snappy-java cuts into chunks with their lengths, after these bytes and two version numbers. Other clients write one plain block. */
const xerial = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const xerialHead = xerial.length + 4 + 4

function* xerialChunks(bytes: Buffer): Generator<Buffer> {
  for (let at = xerialHead; at < bytes.length; ) {
    const end = at + 4 + bytes.readInt32BE(at)
    if (end > bytes.length || end < at + 4) throw new Error('a snappy chunk is cut off')
    yield bytes.subarray(at + 4, end)
    at = end
  }
}

function snappyWith({ uncompressSync }: typeof Snappy): Decompress {
  const block = (bytes: Buffer) => Buffer.from(uncompressSync(bytes))
  return (bytes) => (bytes.subarray(0, xerial.length).equals(xerial) ? Buffer.concat([...xerialChunks(bytes)].map(block)) : block(bytes))
}

// Loaded only when a topic needs them: they are native, and a bundler would try to take them in.
type Loaders = { readonly [name: string]: (() => Decompress) | undefined }
const load: Loaders = {
  snappy: () => snappyWith(createRequire(import.meta.url)('snappy') as typeof Snappy),
  lz4: () => (createRequire(import.meta.url)('lz4-napi') as typeof Lz4).decompressFrame,
  // Node 20 has no zstd.
  zstd: 'zstdDecompress' in zlib ? () => promisify(zlib.zstdDecompress) : undefined,
}
const loaded = new Map<string, Decompress>()

function codec(name: string, loaders: Loaders = load): Decompress {
  const there = loaded.get(name)
  if (there && loaders === load) return there
  const given = `give kafkaSource({ codecs: { ${name}: (bytes) => … } })`
  const make = loaders[name]
  if (!make)
    throw new TicketsError(
      'SOURCE_FAILED',
      `The topic's messages are compressed with ${name}, which this Node cannot decompress: use Node 22.15 or newer, or ${given}`,
    )
  try {
    const made = make()
    loaded.set(name, made)
    return made
  } catch (cause) {
    const library = name === 'lz4' ? 'lz4-napi' : name
    const message = `The topic's messages are compressed with ${name}, and the package ${library} cannot be loaded: install it here (npm i ${library}; a bundle needs it beside it), or ${given}`
    throw new TicketsError('SOURCE_FAILED', message, { cause })
  }
}

/** Decompresses the records of a batch by the number of its codec; what the user gave comes first. */
export async function decompress(bytes: Buffer, number: number, codecs: Codecs): Promise<Buffer> {
  const name = names[number]
  if (name === 'none') return bytes
  if (name === 'gzip') return gunzip(bytes)
  if (name === undefined)
    throw new TicketsError('SOURCE_FAILED', `The topic's messages are compressed with codec ${number}, which is not known: produce with another one`)
  return (codecs[name] ?? codec(name))(bytes)
}

/**
 * Returns why messages of this compression cannot be read here; null where they can.
 *
 * @param loaders what loads the libraries, for tests
 */
export function codecFault(name: string, loaders: Loaders = load): string | null {
  if (!Object.hasOwn(load, name)) return null
  try {
    codec(name, loaders)
    return null
  } catch (error) {
    return messageOf(error)
  }
}
