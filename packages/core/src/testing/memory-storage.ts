import { TicketsError } from '../base/errors.ts'
import { randomId } from '../base/ids.ts'
import type { TaskId } from '../connectors/sink.ts'
import { type Attempt, isSweepable } from '../connectors/staged-entry.ts'
import { parseStagingName, taskStaging } from '../connectors/staging-names.ts'
import type { HiddenFile, HiddenFiles, StageOptions, Storage, StoredFile } from '../connectors/storage.ts'
import { crc32 } from './crc32.ts'

/** What a memory storage shows to tests, besides what every storage does. */
export interface MemoryStorage extends Storage {
  /** Opens the same memory anew, as another process would. */
  open(): MemoryStorage
  below(path: string): MemoryStorage
  beside(suffix: string): MemoryStorage
  /** path → content of each file that readers see. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The paths of what is staged: `<staging>/<name>`, sorted. */
  readonly hidden: readonly string[]
  /** Removes the place with all that is in it, as a person does who deletes a folder or a bucket under the processes that use it. */
  clear(): void
}

/** A file that readers see. */
interface Visible {
  readonly bytes: Uint8Array
  readonly modified: number
  readonly version: string
  /** The staging that it was published from. */
  readonly staging: string | null
}

/** What is staged under one name. */
interface Staging {
  readonly files: Map<string, Uint8Array>
  isSealed: boolean
}

/** What outlives a process. All paths begin with the name of the storage. */
interface Memory {
  readonly id: string
  readonly visible: Map<string, Visible>
  readonly staged: Map<string, Staging>
  /** Places that were made, with or without files. */
  readonly places: Set<string>
  writes: number
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

const sameBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i])
const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const startingWith = (map: ReadonlyMap<string, unknown>, start: string) => [...map.keys()].filter((key) => key.startsWith(start))
const toStored = ({ bytes, modified, version }: Visible): StoredFile => ({ size: bytes.length, modified, version })
/** Lets other processes act in between, as they do where a step is a request. */
const others = () => Promise.resolve()

class InMemory implements MemoryStorage {
  readonly #memory: Memory
  readonly #root: string

  constructor(memory: Memory, root: string) {
    this.#memory = memory
    this.#root = root
  }

  get location(): string {
    return `memory://${this.#root}`
  }

  get files(): ReadonlyMap<string, Uint8Array> {
    const paths = startingWith(this.#memory.visible, `${this.#root}/`).sort()
    return new Map(paths.map((path) => [this.#relative(path), (this.#memory.visible.get(path) as Visible).bytes.slice()]))
  }

  get hidden(): readonly string[] {
    return startingWith(this.#memory.staged, `${this.#root}/`)
      .flatMap((staging) => [...(this.#memory.staged.get(staging)?.files.keys() ?? [])].map((name) => `${this.#relative(staging)}/${name}`))
      .sort()
  }

  open(): MemoryStorage {
    return new InMemory(this.#memory, this.#root)
  }

  clear(): void {
    const { visible, staged, places } = this.#memory
    for (const map of [visible, staged]) for (const path of startingWith(map, `${this.#root}/`)) map.delete(path)
    for (const place of places) if (place === this.#root || place.startsWith(`${this.#root}/`)) places.delete(place)
  }

  below(path: string): MemoryStorage {
    return new InMemory(this.#memory, this.#at(path))
  }

  beside(suffix: string): MemoryStorage {
    return new InMemory(this.#memory, `${this.#root}${suffix}`)
  }

  async place(): Promise<string> {
    return `memory:${this.#memory.id}/${this.#root}`
  }

  async check(): Promise<() => Promise<void>> {
    const { places } = this.#memory
    if (this.#exists()) return async () => {}
    places.add(this.#root)
    return async () => void places.delete(this.#root)
  }

  async removeLeftovers(): Promise<void> {}

  async names(folder: string): Promise<readonly string[]> {
    const start = folder === '' ? `${this.#root}/` : `${this.#at(folder)}/`
    const names = startingWith(this.#memory.visible, start).map((path) => path.slice(start.length).split('/')[0] as string)
    return [...new Set(names)].sort()
  }

  async walk(accepts: Parameters<Storage['walk']>[0]): Promise<ReadonlyMap<string, StoredFile> | null> {
    if (!this.#exists()) return null
    const paths = startingWith(this.#memory.visible, `${this.#root}/`).map((path) => this.#relative(path))
    const datasets = paths.flatMap((path) => /^(.+?\/)\.staging\//.exec(path)?.[1] ?? [])
    const found = paths.filter((path) => {
      const folders = path.split('/')
      const name = folders.pop() as string
      return accepts.file(name) && folders.every(accepts.folder) && !datasets.some((dataset) => path.startsWith(dataset))
    })
    return new Map(found.sort().map((path) => [path, toStored(this.#memory.visible.get(this.#at(path)) as Visible)]))
  }

  async read(path: string): Promise<Uint8Array | null> {
    return this.#memory.visible.get(this.#at(path))?.bytes.slice() ?? null
  }

  async stat(path: string): Promise<StoredFile | null> {
    const found = this.#memory.visible.get(this.#at(path))
    return found ? toStored(found) : null
  }

  async makeDurable(): Promise<void> {}

  async create(path: string, parts: readonly Uint8Array[]): Promise<boolean> {
    if (this.#memory.visible.has(this.#at(path))) return false
    this.#write(path, joined(parts))
    return true
  }

  async replace(path: string, parts: readonly Uint8Array[]): Promise<void> {
    this.#write(path, joined(parts))
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      this.#memory.visible.delete(this.#at(path))
      await others()
    }
  }

  async stage(staging: string, name: string, parts: readonly Uint8Array[] | AsyncIterable<Uint8Array>, { mustExist }: StageOptions) {
    const copies: Uint8Array[] = []
    for await (const part of parts) copies.push(part.slice())
    if (mustExist && !this.#exists())
      throw new TicketsError('SINK_FAILED', `${this.location} is gone: nothing was written there. Bring it back, or start over with a new log`)
    const bytes = joined(copies)
    const { files } = this.#memory.staged.get(this.#at(staging)) ?? { files: new Map() }
    this.#memory.staged.set(this.#at(staging), { files: files.set(name, bytes), isSealed: false })
    return { bytes: bytes.length }
  }

  async sealStaged(staging: string): Promise<void> {
    const staged = this.#memory.staged.get(this.#at(staging))
    if (staged) staged.isSealed = true
  }

  async publish({ staging, files }: HiddenFiles, isOwn: boolean): Promise<void> {
    const staged = this.#memory.staged.get(this.#at(staging))
    if (staged && !staged.isSealed)
      throw new TicketsError('SINK_FAILED', `${staging} is published before it was sealed: call sealStaged before a record names it`)
    for (const file of files) this.#checkStaged(staging, file, isOwn)
    for (const { name } of files) {
      await others()
      this.#publishOne(staging, name)
    }
  }

  async discard({ staging }: HiddenFiles): Promise<void> {
    this.#memory.staged.delete(this.#at(staging))
  }

  async sweep(task: TaskId, head: Attempt): Promise<void> {
    for (const { key, range } of this.#stagings(task)) if (isSweepable(range, head)) this.#memory.staged.delete(key)
  }

  async discardLogs(logs: readonly string[]): Promise<void> {
    for (const log of logs) for (const key of startingWith(this.#memory.staged, `${this.#at(`.staging/${log}`)}/`)) this.#memory.staged.delete(key)
  }

  async staged(task: TaskId): Promise<readonly number[]> {
    return [...new Set(this.#stagings(task).map(({ range }) => range.n))]
  }

  async isStaged({ staging, files }: HiddenFiles): Promise<boolean> {
    const staged = this.#memory.staged.get(this.#at(staging))
    return files.some(({ name }) => staged?.files.has(name))
  }

  async isPublishing(task: TaskId, n: number, published: ReadonlyMap<string, string>): Promise<boolean> {
    const from = [...published.values()].map((path) => this.#memory.visible.get(this.#at(path))?.staging)
    return this.#stagings(task).some(({ key, range }) => range.n === n && from.includes(key))
  }

  #at(path: string): string {
    if (path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')) return `${this.#root}/${path}`
    throw new TicketsError('OPTION_INVALID', `a path in a storage is names with / between them, got ${JSON.stringify(path)}`)
  }

  #relative(path: string): string {
    return path.slice(this.#root.length + 1)
  }

  #exists(): boolean {
    const { places, visible, staged } = this.#memory
    return places.has(this.#root) || [visible, staged].some((map) => startingWith(map, `${this.#root}/`).length > 0)
  }

  #write(path: string, bytes: Uint8Array, staging: string | null = null): void {
    this.#memory.visible.set(this.#at(path), { bytes, modified: Date.now(), version: String(++this.#memory.writes), staging })
  }

  /** What a task has staged; in all flows where it names none. */
  #stagings({ logId, flow, task }: TaskId): { key: string; range: Attempt }[] {
    const log = this.#at(`.staging/${logId}`)
    const own = this.#at(taskStaging({ logId, flow, task }))
    return startingWith(this.#memory.staged, `${log}/`).flatMap((key) => {
      const folder = key.slice(0, key.lastIndexOf('/'))
      const range = parseStagingName(fileName(key))
      return range && (folder === own || (flow === '' && fileName(folder) === task)) ? [{ key, range }] : []
    })
  }

  #checkStaged(staging: string, { name, bytes, crc32: sum }: HiddenFile, isOwn: boolean): void {
    const content = this.#memory.staged.get(this.#at(staging))?.files.get(name)
    // It was published before, or is lost: publishing finds out which.
    if (!content || (content.length === bytes && (isOwn || sum === undefined || crc32(content) === sum))) return
    throw new TicketsError('STAGED_DAMAGED', `${staging}/${name} is not what was recorded, and is not published: start over with a new log`)
  }

  #publishOne(staging: string, name: string): void {
    const staged = this.#memory.staged.get(this.#at(staging))
    const [content, visible] = [staged?.files.get(name), this.#memory.visible.get(this.#at(name))]
    if (content && visible && !sameBytes(content, visible.bytes))
      throw new TicketsError('SINK_FAILED', `${name} in ${this.location} is not the file that was staged for that name: move it away and start again`)
    if (!content && !visible)
      throw new TicketsError('STAGED_LOST', `${name} is recorded as written, but stands neither in ${this.location} nor in its .staging`)
    if (content && !visible) this.#write(name, content, this.#at(staging))
    staged?.files.delete(name)
    if (staged?.files.size === 0) this.#memory.staged.delete(this.#at(staging))
  }
}

/**
 * Creates a storage in memory, for tests. Like a folder it outlives the pipeline that uses it: give it to the next one, which resumes from there. It is
 * exact where a store is: it stages, publishes and sweeps by the same rules, and refuses to publish what was not sealed.
 *
 * @param name part of its location, for messages
 * @example
 * const storage = memoryStorage()
 * await storage.create('note.txt', [new TextEncoder().encode('hello')]) // true; false from now on
 */
export function memoryStorage(name = 'memory'): MemoryStorage {
  return new InMemory({ id: randomId(), visible: new Map(), staged: new Map(), places: new Set(), writes: 0 }, name)
}
