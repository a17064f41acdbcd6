import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { deltaPython, icebergPython, type LineProcess, lineProcess } from '../readers/python.ts'

/** Where an Iceberg table lies whose metadata is with its files: in a folder, or in a bucket. */
export type IcebergPlace = { readonly path: string } | { readonly endpoint: string; readonly bucket: string; readonly prefix: string }

/** Says where a table lies, and how a bucket is reached, in the words of Iceberg. */
function reachable(place: IcebergPlace): object {
  if ('path' in place) return place
  const { endpoint, bucket, prefix } = place
  const account = process.env.S3_ENDPOINT ? {} : { 's3.access-key-id': 'testtest', 's3.secret-access-key': 'testtest' }
  return { path: `s3://${bucket}/${prefix}`, s3: { 's3.endpoint': endpoint, 's3.region': process.env.AWS_REGION ?? 'us-east-1', ...account } }
}

/** Reads Delta tables with delta-rs and Iceberg tables with pyiceberg, each in one process that starts with the first of them. */
export class TableRows {
  #deltaRs: Promise<LineProcess> | null = null
  #pyiceberg: Promise<LineProcess> | null = null

  /** Writes all rows that readers of a Delta table in a folder see into a Parquet file; null before the first range, which makes the table. */
  async ofDelta(path: string, to: string): Promise<string | null> {
    if (!existsSync(join(path, '_delta_log', `${'0'.repeat(20)}.json`))) return null
    this.#deltaRs ??= deltaPython().then((python) => lineProcess(python, 'delta.py'))
    return dump(await this.#deltaRs, { path }, to)
  }

  /** The same for an Iceberg table. */
  async ofIceberg(place: IcebergPlace, to: string): Promise<string> {
    this.#pyiceberg ??= icebergPython().then((python) => lineProcess(python, 'iceberg.py'))
    return dump(await this.#pyiceberg, reachable(place), to)
  }

  async close(): Promise<void> {
    for (const process of [this.#deltaRs, this.#pyiceberg]) (await process?.catch(() => null))?.close()
  }
}

async function dump(reader: LineProcess, place: object, to: string): Promise<string> {
  const answer = (await reader.ask({ do: 'dump', to, ...place })) as { readonly error?: string }
  if (answer.error) throw new Error(`the table ${JSON.stringify(place)} cannot be read: ${answer.error}`)
  return to
}
