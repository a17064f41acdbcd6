import { parquetReadObjects } from 'hyparquet'
import { storageAt } from '../src/disk/disk-storage.ts'
import type { AvroRecord } from '../src/iceberg/avro/avro-schema.ts'
import { readAvro } from '../src/iceberg/avro/read-avro.ts'
import type { Snapshot, TableMetadata } from '../src/iceberg/spec/metadata.ts'
import { addressOf, pathBelow, type TableStorage } from '../src/iceberg/spec/table-storage.ts'

type Place = string | Pick<TableStorage, 'location' | 'read' | 'names'>
const at = (place: Place) => (typeof place === 'string' ? storageAt(place) : place)

/** The path of a file below a place. */
const below = (place: Place, address: string) => pathBelow(address, addressOf(at(place).location)) ?? address

async function read(place: Place, path: string): Promise<Uint8Array> {
  const bytes = await at(place).read(path)
  if (!bytes) throw new Error(`${path} is gone`)
  return bytes
}

const avro = async (place: Place, address: string) => readAvro(await read(place, below(place, address)), address).records

/** The metadata of a table of a file catalog; null where there is none. */
export async function metadataOf(place: Place): Promise<TableMetadata | null> {
  const names = await at(place).names('metadata')
  const last = Math.max(0, ...names.map((name) => Number(/^v(\d+)\.metadata\.json$/.exec(name)?.[1] ?? 0)))
  return last === 0 ? null : JSON.parse(Buffer.from(await read(place, `metadata/v${last}.metadata.json`)).toString())
}

/** The snapshot that readers of a table of a file catalog see. */
async function snapshotIn(place: Place): Promise<Snapshot | undefined> {
  const metadata = await metadataOf(place)
  return metadata?.snapshots?.find((one) => one['snapshot-id'] === metadata['current-snapshot-id'])
}

/** What the list of that snapshot says of its manifests. */
export async function manifestsIn(place: Place): Promise<readonly AvroRecord[]> {
  const snapshot = await snapshotIn(place)
  return snapshot ? avro(place, snapshot['manifest-list']) : []
}

/** All entries of those manifests. */
export async function entriesIn(place: Place): Promise<readonly AvroRecord[]> {
  const manifests = await manifestsIn(place)
  return (await Promise.all(manifests.map(({ manifest_path }) => avro(place, manifest_path as string)))).flat()
}

/** The paths of the files that a snapshot has; one that is added twice stands there twice. */
export async function filesOfSnapshot(place: Place, snapshot: Snapshot): Promise<string[]> {
  const found: string[] = []
  for (const { manifest_path } of await avro(place, snapshot['manifest-list']))
    for (const { status, data_file } of await avro(place, manifest_path as string))
      if (status !== 2) found.push(below(place, String((data_file as AvroRecord).file_path)))
  return found
}

/** The paths of the files that readers of a table of a file catalog see; null where it has no snapshot. */
export async function filesOfIceberg(place: Place): Promise<string[] | null> {
  const snapshot = await snapshotIn(place)
  return snapshot ? filesOfSnapshot(place, snapshot) : null
}

type Row = Readonly<Record<string, unknown>>

/** The rows of a Parquet file. */
async function rowsOf(place: Place, address: string): Promise<Row[]> {
  const bytes = Uint8Array.from(await read(place, below(place, address)))
  return parquetReadObjects({ file: bytes.buffer }) as Promise<Row[]>
}

/** The rows that readers see: those of data files, without those that position deletes of the same sequence number or a later one name. */
export async function rowsOfIceberg(place: Place): Promise<Row[]> {
  const found: { data: AvroRecord; sequence: number; content: number }[] = []
  for (const manifest of await manifestsIn(place)) {
    for (const { status, data_file, sequence_number } of await avro(place, manifest.manifest_path as string)) {
      const data = data_file as AvroRecord
      if (Number(data.content) !== 0 && manifest.content !== 1) throw new Error('a manifest of data has deletes')
      if (status !== 2) found.push({ data, sequence: Number(sequence_number ?? manifest.sequence_number), content: Number(data.content) })
    }
  }
  const deleted: { path: string; pos: number; sequence: number }[] = []
  for (const { data, sequence } of found.filter(({ content }) => content === 1)) {
    const rows = await rowsOf(place, String(data.file_path))
    if (rows.length !== Number(data.record_count)) throw new Error('a delete file has not as many rows as its manifest says')
    deleted.push(...rows.map((row) => ({ path: String(row.file_path), pos: Number(row.pos), sequence })))
  }
  const rows: Row[] = []
  for (const { data, sequence } of found.filter(({ content }) => content === 0)) {
    const gone = new Set(deleted.filter((one) => one.path === data.file_path && one.sequence >= sequence).map(({ pos }) => pos))
    rows.push(...(await rowsOf(place, String(data.file_path))).filter((_, i) => !gone.has(i)))
  }
  return rows
}
