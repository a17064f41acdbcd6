import type { Storage, TaskId } from '@tickets/core'
import { fileError } from '@tickets/core/internal'
import { folderOf, isSwept, type RangeId, type RangeStaging } from './staging.ts'

/** The staged ranges of one flow of one task in any storage, such as a bucket: the same files as in a folder, each written whole. */
export class StoredStaging implements RangeStaging {
  readonly folder: string
  readonly #storage: Storage
  readonly #below: string
  readonly #flow: string

  constructor(storage: Storage, task: TaskId) {
    this.#storage = storage
    this.#below = folderOf(task)
    this.#flow = task.flow
    this.folder = `${storage.location}/${this.#below}`
  }

  pathOf(range: RangeId, extension: 'tmp' | 'done' | 'send'): string {
    return `${this.folder}/${nameOf(range, extension)}`
  }

  write(range: RangeId, parts: readonly Uint8Array[]): Promise<void> {
    return this.#run('writing to', () => this.#storage.replace(this.#at(range, 'tmp'), parts))
  }

  async read(range: RangeId): Promise<Buffer | null> {
    const bytes = await this.#run('reading from', () => this.#storage.read(this.#at(range, 'tmp')))
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  has(range: RangeId, mark: 'done' | 'send'): Promise<boolean> {
    return this.#run('reading from', async () => (await this.#storage.stat(this.#at(range, mark))) !== null)
  }

  async done(range: RangeId): Promise<void> {
    await this.#run('noting a published range in', () => this.#storage.replace(this.#at(range, 'done'), []))
    await this.drop(range)
  }

  drop(range: RangeId): Promise<void> {
    return this.#run('removing published rows from', () => this.#storage.remove([this.#at(range, 'tmp'), this.#at(range, 'send')]))
  }

  sweep(head: RangeId): Promise<void> {
    return this.#run('removing old staged rows from', async () => {
      const old = (await this.#storage.names(this.#below)).filter((name) => isSwept(name, head))
      if (old.length > 0) await this.#storage.remove(old.map((name) => `${this.#below}/${name}`))
    })
  }

  #at(range: RangeId, extension: 'tmp' | 'done' | 'send'): string {
    return `${this.#below}/${nameOf(range, extension)}`
  }

  #run<R>(doing: string, work: () => Promise<R>): Promise<R> {
    return work().catch((error: unknown) => {
      throw fileError(error, 'SINK_FAILED', `flow "${this.#flow}": ${doing} ${this.folder}`)
    })
  }
}

const nameOf = ({ n, attempt }: RangeId, extension: 'tmp' | 'done' | 'send') => `${n}-${attempt}.${extension}`

/** Checks that the storage takes what staging writes. Throws `TARGET_UNUSABLE`, with what to do. */
export async function checkStoredStaging(storage: Storage): Promise<void> {
  try {
    await storage.check()
  } catch (error) {
    throw fileError(error, 'TARGET_UNUSABLE', `staging rows for Kafka in ${storage.location}`)
  }
}
