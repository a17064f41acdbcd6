import { TicketsError } from '@tickets/core'
import { type Long, mainSnapshotId, type Snapshot, type TableMetadata } from '../spec/metadata.ts'
import { addressOf, pathBelow, type TableStorage } from '../spec/table-storage.ts'
import { type NewManifest, type RemovingManifest, removingManifest } from './manifest.ts'
import { type ManifestFile, manifestList, readManifestList } from './manifest-list.ts'

/** A manifest list that was written, and the files that belong to its snapshot alone. */
export interface WrittenList {
  readonly address: string
  readonly paths: readonly string[]
}

/** Writes and reads the manifests of snapshots, which lie in `metadata` below the table. */
export class SnapshotFiles {
  readonly #storage: TableStorage
  readonly #location: string

  constructor(storage: TableStorage) {
    this.#storage = storage
    this.#location = addressOf(storage.location)
  }

  /** Returns the manifests of a snapshot. */
  async manifestsOf(snapshot: Snapshot | null): Promise<readonly ManifestFile[]> {
    if (!snapshot) return []
    const place = snapshot['manifest-list']
    return readManifestList(await this.#read(place), place)
  }

  /** Returns manifests that take all files of a snapshot from its table. */
  async removing(snapshot: Snapshot | null, id: Long): Promise<readonly RemovingManifest[]> {
    const found: RemovingManifest[] = []
    for (const manifest of await this.manifestsOf(snapshot)) {
      const removing = removingManifest(await this.#read(manifest.manifest_path), manifest, id)
      if (removing) found.push(removing)
    }
    return found
  }

  /** Writes new manifests and the list of them and of others, for a snapshot behind the one that readers see. */
  async write(metadata: TableMetadata, id: Long, added: readonly NewManifest[], others: readonly ManifestFile[]): Promise<WrittenList> {
    const attempt = globalThis.crypto.randomUUID()
    const sequence = metadata['last-sequence-number'] + 1
    const paths: string[] = []
    const manifests: ManifestFile[] = []
    for (const [i, { bytes, entry }] of added.entries()) {
      const path = `metadata/${attempt}-m${i}.avro`
      await this.#create(path, bytes)
      paths.push(path)
      // What a manifest removes has the sequence numbers that it had.
      const least = 'min_sequence_number' in entry ? (entry.min_sequence_number as number) : sequence
      manifests.push({
        ...entry,
        manifest_path: `${this.#location}/${path}`,
        manifest_length: bytes.length,
        sequence_number: sequence,
        min_sequence_number: least,
      })
    }
    const path = `metadata/snap-${id}-1-${attempt}.avro`
    await this.#create(path, manifestList([...manifests, ...others], { snapshot: id, parent: mainSnapshotId(metadata), sequence }))
    return { address: `${this.#location}/${path}`, paths: [...paths, path] }
  }

  /** Removes the files of a snapshot that did not come to be. Those that cannot be removed stay: no table names them. */
  async remove(paths: readonly string[]): Promise<void> {
    await this.#storage.remove(paths).catch(() => {})
  }

  async #create(path: string, bytes: Uint8Array): Promise<void> {
    if (await this.#storage.create(path, [bytes])) return
    throw new TicketsError('SINK_FAILED', `${this.#location}/${path} is there, and its name is random: run again`, { retryable: true })
  }

  async #read(address: string): Promise<Uint8Array> {
    const path = pathBelow(address, this.#location)
    const bytes = path === null ? null : await this.#storage.read(path)
    if (bytes) return bytes
    const why = path === null ? `lies outside of ${this.#location}, where this sink reads` : 'is gone: restore it from a backup'
    throw new TicketsError('TARGET_UNUSABLE', `the manifest ${address} of an Iceberg table ${why}`)
  }
}
