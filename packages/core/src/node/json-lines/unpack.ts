import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { isTicketsError, TicketsError } from '../../base/errors.ts'
import { isPassing } from '../files/file-errors.ts'
import { frameEnd, isFrame } from './zstd-frames.ts'

/** Bytes read at once. */
const PIECE = 64 * 1024

type Unpacker = zlib.Gunzip | zlib.ZstdDecompress

const begins =
  (...magic: readonly number[]) =>
  (head: Buffer) =>
    magic.every((byte, i) => head[i] === byte)

/** How files begin that are packed; those without `unpack` are named only. */
const packings: readonly { readonly name: string; readonly is: (head: Buffer) => boolean; readonly unpack?: () => Unpacker }[] = [
  { name: 'gzip', is: begins(0x1f, 0x8b), unpack: () => zlib.createGunzip() },
  { name: 'zstd', is: isFrame, unpack: zstd },
  { name: 'lz4', is: begins(0x04, 0x22, 0x4d, 0x18) },
  { name: 'bzip2', is: begins(0x42, 0x5a, 0x68) },
  { name: 'xz', is: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a) },
  { name: 'zip', is: begins(0x50, 0x4b, 0x03, 0x04) },
  { name: 'Parquet', is: begins(0x50, 0x41, 0x52, 0x31) },
]

function zstd(): Unpacker {
  if ('createZstdDecompress' in zlib) return zlib.createZstdDecompress()
  throw new TicketsError('SOURCE_FAILED', 'this Node cannot read zstd: use Node 22.15 or newer, or unpack the file')
}

/** Returns the file as it is. For gzip or zstd, returns a temporary file without a name that holds the unpacked content. */
export async function unpacked(path: string, handle: FileHandle): Promise<FileHandle> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
  const packing = packings.find(({ is }) => is(buffer.subarray(0, bytesRead)))
  if (!packing) return handle
  if (!packing.unpack)
    throw new TicketsError('SOURCE_FAILED', `${path} is a ${packing.name} file, not JSON Lines: convert it first; gzip and zstd are read as they are`)
  const folder = await mkdtemp(join(tmpdir(), 'tickets-unpacked-'))
  const file = join(folder, 'rows.jsonl')
  try {
    const plain = await open(file, 'w+')
    try {
      const { size } = await handle.stat()
      for (let start = 0; start < size; ) {
        // gzip's decoder goes through all members by itself.
        const { end, isSkippable } = packing.name === 'zstd' ? await frameEnd(handle, start) : { end: size, isSkippable: false }
        if (end > size) throw new Error(`it ends at ${size}, before byte ${end}`)
        if (!isSkippable) {
          const unpacker = packing.unpack()
          await unpack(handle, { start, end }, unpacker, plain)
          await checkPadding(handle, start + unpacker.bytesWritten, end)
        }
        start = end
      }
      return plain
    } catch (error) {
      await plain.close()
      throw error
    }
  } catch (error) {
    if (isTicketsError(error) || isPassing(error)) throw error
    throw new TicketsError('SOURCE_FAILED', `${path} cannot be unpacked as ${packing.name}: it is damaged, or not whole yet. Write it again`, {
      cause: error,
    })
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/** Not `pipeline` of streams: gunzip ends at padding, with input left, which `pipeline` takes for a failure. */
async function unpack(handle: FileHandle, range: ByteRange, unpacker: Unpacker, to: FileHandle): Promise<void> {
  const packed = Readable.from(piecesOf(handle, range))
  packed.on('error', (error) => unpacker.destroy(error))
  packed.pipe(unpacker)
  try {
    for await (const chunk of unpacker) await to.appendFile(chunk)
  } finally {
    packed.destroy()
  }
}

interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Reads by the handle, since another file may have the path by now. A stream of the handle would close it when it is destroyed. */
async function* piecesOf(handle: FileHandle, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(PIECE, end - at)), 0, undefined, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

/** Zeros at the end are padding. Node's gunzip ends at the first one without a word, and what stood after zeros in the middle would be lost. */
async function checkPadding(handle: FileHandle, from: number, end: number): Promise<void> {
  const bytes = Buffer.alloc(PIECE)
  for (let at = from; at < end; ) {
    const { bytesRead } = await handle.read(bytes, 0, Math.min(bytes.length, end - at), at)
    if (bytesRead === 0) return
    const found = bytes.subarray(0, bytesRead).findIndex((byte) => byte !== 0)
    if (found >= 0) throw new Error(`zeros from byte ${from} on, and data again from byte ${at + found} on`)
    at += bytesRead
  }
}
