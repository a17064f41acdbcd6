import { TicketsError } from '@tickets/core'
import { type Long, mainSnapshotId, type Snapshot, type TableMetadata } from '../spec/metadata.ts'
import { addressOf, pathBelow, type TableStorage } from '../spec/table-storage.ts'
import { type LiveFile, liveFiles } from './live-files.ts'
import { type NewManifest, type RemovingManifest, removingManifest } from './manifest.ts'
import { type ManifestFile, manifestList, readManifestList } from './manifest-list.ts'
import { type MergeSettings, manifestBins, mergeCandidates } from './merge-plan.ts'
import { type MergeableManifest, mergeableManifest, mergedManifest } from './merged-manifest.ts'

/** A manifest list that was written, and the files that belong to its snapshot alone. */
export interface WrittenList {
  readonly address: string
  readonly paths: readonly string[]
}

/** Manifests are merged: what is new by that, and what is listed as it was. */
export interface Merged {
  readonly added: readonly NewManifest[]
  readonly kept: readonly ManifestFile[]
}

/** The live files of manifests that were read, by the paths of these. */
export type KnownManifests = Map<string, readonly LiveFile[]>

/** Manifests that are read at once. */
const READ_AT_ONCE = 16

/** Writes and reads the manifests of snapshots, which lie in `metadata` below the table. */
export class SnapshotFiles {
  readonly #storage: TableStorage
  /** The address of the table. */
  readonly location: string
  /** What was found out of small manifests by their paths, so that each is read once: the kind, or null where it is not merged. */
  #kinds = new Map<string, string | null>()

  constructor(storage: TableStorage) {
    this.#storage = storage
    this.location = addressOf(storage.location)
  }

  /** Returns the manifests of a snapshot. */
  async manifestsOf(snapshot: Snapshot | null): Promise<readonly ManifestFile[]> {
    if (!snapshot) return []
    const place = snapshot['manifest-list']
    return readManifestList(await this.read(place), place)
  }

  /**
   * Returns the files that manifests have and that are not deleted, with the bounds of some columns. A manifest never changes under its path: those that are
   * known are not read again.
   */
  async filesIn(manifests: readonly ManifestFile[], columns: ReadonlySet<number>, known: KnownManifests = new Map()): Promise<readonly LiveFile[]> {
    const unknown = manifests.filter(({ manifest_path }) => !known.has(manifest_path))
    const listed = new Set(manifests.map(({ manifest_path }) => manifest_path))
    for (const path of known.keys()) if (!listed.has(path)) known.delete(path)
    for (let from = 0; from < unknown.length; from += READ_AT_ONCE) {
      const some = unknown.slice(from, from + READ_AT_ONCE)
      const bytes = await Promise.all(some.map(({ manifest_path }) => this.read(manifest_path)))
      for (const [i, manifest] of some.entries()) known.set(manifest.manifest_path, liveFiles(bytes[i] as Uint8Array, manifest, columns))
    }
    return manifests.flatMap(({ manifest_path }) => known.get(manifest_path) ?? [])
  }

  /** Returns manifests that take all files of a snapshot from its table. */
  async removing(snapshot: Snapshot | null, id: Long): Promise<readonly RemovingManifest[]> {
    const found: RemovingManifest[] = []
    for (const manifest of await this.manifestsOf(snapshot)) {
      const removing = removingManifest(await this.read(manifest.manifest_path), manifest, id)
      if (removing) found.push(removing)
    }
    return found
  }

  /** Merges small manifests of one kind where there are many, since each commit lists them all. */
  async merge(manifests: readonly ManifestFile[], settings: MergeSettings, id: Long): Promise<Merged> {
    const candidates = settings.isEnabled ? mergeCandidates(manifests, settings) : []
    const known = new Map(this.#kinds)
    this.#kinds = new Map()
    const added: NewManifest[] = []
    const gone = new Set<ManifestFile>()
    for (const group of candidates) {
      const read = await this.#mergeable(group.filter(({ manifest_path: path }) => !known.has(path)))
      for (const manifest of group) {
        const { manifest_path: path } = manifest
        this.#kinds.set(path, known.get(path) ?? read.get(manifest)?.kind ?? null)
      }
      const kinds = Map.groupBy(group, ({ manifest_path }) => this.#kinds.get(manifest_path) ?? null)
      kinds.delete(null)
      for (const bin of [...kinds.values()].flatMap((some) => manifestBins(some, settings))) {
        const rest = await this.#mergeable(bin.filter((one) => !read.has(one)))
        const sources = bin.flatMap((one) => read.get(one) ?? rest.get(one) ?? [])
        const merged = mergedManifest(sources, id)
        if (merged) added.push(merged)
        for (const { manifest } of sources) gone.add(manifest)
      }
    }
    return { added, kept: manifests.filter((manifest) => !gone.has(manifest)) }
  }

  /** Reads manifests, and returns those that may be merged. One that is gone may be no part of the table by now, which the commit finds out. */
  async #mergeable(manifests: readonly ManifestFile[]): Promise<Map<ManifestFile, MergeableManifest>> {
    const all = new Map<ManifestFile, MergeableManifest>()
    for (let from = 0; from < manifests.length; from += READ_AT_ONCE) {
      const some = manifests.slice(from, from + READ_AT_ONCE)
      const bytes = await Promise.all(some.map(({ manifest_path }) => this.#find(manifest_path)))
      for (const [i, manifest] of some.entries()) {
        const found = bytes[i]
        const one = found ? mergeableManifest(found, manifest) : null
        if (one) all.set(manifest, one)
      }
    }
    return all
  }

  /** Writes new manifests and the list of them and of others, for a snapshot behind the one that readers see. */
  async write(metadata: TableMetadata, id: Long, added: readonly NewManifest[], others: readonly ManifestFile[]): Promise<WrittenList> {
    const attempt = globalThis.crypto.randomUUID()
    const sequence = metadata['last-sequence-number'] + 1
    const paths: string[] = []
    const manifests: ManifestFile[] = []
    for (const [i, { bytes, entry }] of added.entries()) {
      const path = `metadata/${attempt}-m${i}.avro`
      await this.create(path, bytes)
      paths.push(path)
      manifests.push({
        ...entry,
        manifest_path: `${this.location}/${path}`,
        manifest_length: bytes.length,
        sequence_number: sequence,
        // What a manifest removes, or takes from others, has the sequence numbers that it had.
        min_sequence_number: entry.min_sequence_number ?? sequence,
      })
    }
    const path = `metadata/snap-${id}-1-${attempt}.avro`
    await this.create(path, manifestList([...manifests, ...others], { snapshot: id, parent: mainSnapshotId(metadata), sequence }))
    return { address: `${this.location}/${path}`, paths: [...paths, path] }
  }

  /** Removes the files of a snapshot that did not come to be. Those that cannot be removed stay: no table names them. */
  async remove(paths: readonly string[]): Promise<void> {
    await this.#storage.remove(paths).catch(() => {})
  }

  /** Writes a file of a random name, and returns its address. */
  async create(path: string, bytes: Uint8Array): Promise<string> {
    if (await this.#storage.create(path, [bytes])) return `${this.location}/${path}`
    throw new TicketsError('SINK_FAILED', `${this.location}/${path} is there, and its name is random: run again`, { retryable: true })
  }

  /** Reads a file; null where it is gone, or lies where this sink does not read. */
  async #find(address: string): Promise<Uint8Array | null> {
    const path = pathBelow(address, this.location)
    return path === null ? null : this.#storage.read(path)
  }

  /** Reads a file of the table. Throws `TARGET_UNUSABLE` where it is gone, or lies elsewhere. */
  async read(address: string): Promise<Uint8Array> {
    const bytes = await this.#find(address)
    if (bytes) return bytes
    const why =
      pathBelow(address, this.location) === null ? `lies outside of ${this.location}, where this sink reads` : 'is gone: restore it from a backup'
    throw new TicketsError('TARGET_UNUSABLE', `${address}, a file of an Iceberg table, ${why}`)
  }
}
