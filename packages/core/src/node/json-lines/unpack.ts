import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { isTicketsError, TicketsError } from '../../base/errors.ts'
import { codeOf } from '../files/file-layer.ts'
import { frameEnd } from './zstd-frames.ts'

/** How files begin that are packed; those without `unpack` are named only. */
const packings: readonly { readonly name: string; readonly magic: readonly number[]; readonly unpack?: () => Transform }[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: () => zlib.createGunzip() },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: zstd },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: 'zip', magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'Parquet', magic: [0x50, 0x41, 0x52, 0x31] },
]

function zstd(): Transform {
  if ('createZstdDecompress' in zlib) return zlib.createZstdDecompress()
  throw new TicketsError('SOURCE_FAILED', 'this Node cannot read zstd: use Node 22.15 or newer, or unpack the file')
}

/** The file as it is, or what a file of gzip or zstd holds: unpacked to a temporary file that has no name any more. */
export async function unpacked(path: string, handle: FileHandle): Promise<FileHandle> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
  const packing = packings.find(({ magic }) => bytesRead >= magic.length && magic.every((byte, i) => buffer[i] === byte))
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
        if (!isSkippable)
          await pipeline(createReadStream(path, { start, end: end - 1 }), packing.unpack(), async (chunks: AsyncIterable<Buffer>) => {
            for await (const chunk of chunks) await plain.appendFile(chunk)
          })
        start = end
      }
      return plain
    } catch (error) {
      await plain.close()
      throw error
    }
  } catch (error) {
    if (isTicketsError(error) || codeOf(error) === 'ENOSPC') throw error
    throw new TicketsError('SOURCE_FAILED', `${path} cannot be unpacked as ${packing.name}: it is damaged, or not whole yet. Write it again`, {
      cause: error,
    })
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}
