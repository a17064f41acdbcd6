import { TicketsError } from '@tickets/core'
import { exactJson, parseExact } from '../spec/exact-json.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { addressOf, type TableStorage } from '../spec/table-storage.ts'
import { applyChange, newMetadata } from './apply-change.ts'
import type { CatalogTable, Change, IcebergCatalog, NewTable } from './catalog.ts'

const FOLDER = 'metadata'
const HINT = `${FOLDER}/version-hint.text`
const pathOf = (version: number) => `${FOLDER}/v${version}.metadata.json`
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const encode = (text: string) => [new TextEncoder().encode(text)]

/** A table whose metadata lies with its files: each version in a file of its own, which is created if absent. */
class FileTable implements CatalogTable {
  readonly name: string
  readonly #storage: TableStorage
  /** The last version that was read; 0 where there is no table. */
  #version = 0
  #metadata: TableMetadata | null = null

  constructor(storage: TableStorage) {
    this.name = storage.location
    this.#storage = storage
  }

  async load(): Promise<TableMetadata | null> {
    if (this.#version === 0) await this.#find()
    for (;;) {
      const found = await this.#read(this.#version + 1)
      if (!found) return this.#metadata
      this.#version++
      this.#metadata = found
    }
  }

  /** Begins with the version that the hint names, or with the latest one where there is no hint. */
  async #find(): Promise<void> {
    const hint = await this.#storage.read(HINT)
    const named = hint ? Number(utf8.decode(hint).trim()) : 0
    const versions = named >= 1 ? [named] : (await this.#storage.names(FOLDER)).map((name) => Number(/^v(\d+)\.metadata\.json$/.exec(name)?.[1] ?? 0))
    const version = Math.max(0, ...versions)
    const metadata = version > 0 ? await this.#read(version) : null
    if (version > 0 && !metadata)
      throw new TicketsError(
        'TARGET_UNUSABLE',
        `the Iceberg table ${this.name} has no ${pathOf(version)}, which its version-hint.text names: restore it from a backup, or write to another folder`,
      )
    this.#version = version
    this.#metadata = metadata
  }

  async #read(version: number): Promise<TableMetadata | null> {
    const bytes = await this.#storage.read(pathOf(version))
    return bytes && (parseExact(utf8.decode(bytes), `${this.name}/${pathOf(version)}`) as TableMetadata)
  }

  async create(table: NewTable): Promise<void> {
    if (!(await this.load())) await this.#write(newMetadata(table, Date.now()))
  }

  async commit(change: Change): Promise<boolean> {
    const metadata = this.#metadata
    if (!metadata) throw new TicketsError('TARGET_LOST', `the Iceberg table ${this.name} is gone: restore its folder ${FOLDER}, and run again`)
    const file = `${addressOf(this.#storage.location)}/${pathOf(this.#version)}`
    const changed = applyChange(metadata, change, file, Date.now())
    return changed !== null && this.#write(changed)
  }

  async cleanUp(): Promise<void> {
    await this.#storage.removeLeftovers(FOLDER)
    if (!(await this.load())) return
    const hint = await this.#storage.read(HINT)
    // A process that was killed between a version and its hint has left the older one.
    if (!hint || Number(utf8.decode(hint).trim()) < this.#version) await this.#pointReaders()
  }

  /** Names the last version to readers, who begin there. A later one may have been named just before, so it is looked for behind that, and named again. */
  async #pointReaders(): Promise<void> {
    for (let named = 0; named < this.#version; ) {
      named = this.#version
      await this.#storage.replace(HINT, encode(String(named)))
      await this.load()
    }
  }

  /** Creates the next version. Returns false where another has that number. */
  async #write(metadata: TableMetadata): Promise<boolean> {
    const version = this.#version + 1
    if (!(await this.#storage.create(pathOf(version), encode(exactJson(metadata, 2))))) return false
    this.#version = version
    this.#metadata = metadata
    await this.#pointReaders()
    return true
  }
}

/**
 * Keeps an Iceberg table's metadata with its files, as a Hadoop catalog does: for development, and for one folder without a server. Its versions are
 * `metadata/v1.metadata.json` and on, and `metadata/version-hint.text` names the last.
 *
 * @example
 * icebergSink('data/tickets', { catalog: fileCatalog() }) // data/tickets/metadata/v1.metadata.json …
 */
export const fileCatalog = (): IcebergCatalog => ({ kind: 'file', table: (_, storage) => new FileTable(storage) })
