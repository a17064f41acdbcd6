import { TicketsError } from '@tickets/core'

/** A message to send. */
export interface OutgoingMessage {
  readonly key: Uint8Array | string | null
  /** Null is a tombstone. */
  readonly value: Uint8Array | string | null
  /** The partition; chosen by the key if absent. */
  readonly partition?: number | undefined
  readonly headers?: Readonly<Record<string, Uint8Array | string>> | undefined
}

/** A message as it was staged. */
export interface StagedMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly partition?: number
  readonly headers: Record<string, Buffer>
}

const magic = Buffer.from('TKM1')
const part = 1 << 20
const none = -1

const sizeOf = (value: Uint8Array | string | null): number =>
  value === null ? 0 : typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength

/** Encodes messages to the content of a staged file: each is its partition, key, value and headers, lengths before bytes, -1 for null. */
export class MessageEncoder {
  readonly parts: Buffer[] = [magic]
  count = 0
  #open = Buffer.allocUnsafe(part)
  #at = 0

  add({ key, value, partition, headers }: OutgoingMessage): void {
    const pairs = headers ? Object.entries(headers) : []
    let size = 16 + sizeOf(key) + sizeOf(value)
    for (const [name, bytes] of pairs) size += 8 + sizeOf(name) + sizeOf(bytes)
    if (this.#at + size > this.#open.length) this.#next(size)
    this.#int(partition ?? none)
    this.#bytes(key)
    this.#bytes(value)
    this.#int(pairs.length)
    for (const [name, bytes] of pairs) {
      this.#bytes(name)
      this.#bytes(bytes)
    }
    this.count++
  }

  end(): readonly Buffer[] {
    this.#next(0)
    return this.parts
  }

  #next(size: number): void {
    if (this.#at > 0) this.parts.push(this.#open.subarray(0, this.#at))
    this.#open = Buffer.allocUnsafe(Math.max(part, size))
    this.#at = 0
  }

  #int(value: number): void {
    this.#at = this.#open.writeInt32BE(value, this.#at)
  }

  #bytes(value: Uint8Array | string | null): void {
    this.#int(value === null ? none : sizeOf(value))
    if (typeof value === 'string') this.#at += this.#open.write(value, this.#at)
    else if (value) {
      this.#open.set(value, this.#at)
      this.#at += value.byteLength
    }
  }
}

/**
 * Yields the messages of a staged file in groups of at most `bytes`; a larger message is a group of its own. They are views of the file. Throws
 * `STAGED_LOST` if it is damaged.
 */
export function* stagedMessages(file: Buffer, bytes: number): Generator<StagedMessage[]> {
  if (!file.subarray(0, magic.length).equals(magic)) throw damaged()
  let at = magic.length
  const int = () => {
    if (at + 4 > file.length) throw damaged()
    at += 4
    return file.readInt32BE(at - 4)
  }
  const slice = (): Buffer | null => {
    const length = int()
    if (length === none) return null
    if (length < 0 || at + length > file.length) throw damaged()
    at += length
    return file.subarray(at - length, at)
  }
  let group: StagedMessage[] = []
  let held = 0
  while (at < file.length) {
    const from = at
    const partition = int()
    const key = slice()
    const value = slice()
    const headers: Record<string, Buffer> = Object.create(null)
    for (let left = int(); left > 0; left--) headers[String(slice())] = slice() ?? Buffer.alloc(0)
    if (group.length > 0 && held + at - from > bytes) {
      yield group
      group = []
      held = 0
    }
    group.push({ key, value, headers, ...(partition === none ? {} : { partition }) })
    held += at - from
  }
  if (group.length > 0) yield group
}

const damaged = () =>
  new TicketsError('STAGED_LOST', 'a staged file of messages is damaged: restore it from a backup, or start over (delete the log, and the topic)')
