import { createRequire } from 'node:module'
import type * as Native from '@node-rs/crc32'
import { slowCrc32c } from '../client/client.ts'

let found: ((bytes: Uint8Array) => number) | undefined

/** Returns the CRC-32C of the bytes. The native library is some five times as fast as kafkajs, which stands in where it cannot be loaded. */
export function crc32c(bytes: Buffer): number {
  found ??= native() ?? slowCrc32c
  return found(bytes)
}

// A bundler would try to take it in if it were imported.
function native(): ((bytes: Uint8Array) => number) | undefined {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as typeof Native).crc32c
  } catch {
    return undefined
  }
}
