import { icebergPython, type LineProcess, lineProcess } from '../readers/python.ts'

/** Where an Iceberg table lies whose metadata is with its files: in a folder, or in a bucket. */
export type IcebergPlace = { readonly path: string } | { readonly endpoint: string; readonly bucket: string; readonly prefix: string }

/** Says where a table lies, and how a bucket is reached, in the words of Iceberg. */
function reachable(place: IcebergPlace): object {
  if ('path' in place) return place
  const { endpoint, bucket, prefix } = place
  const account = process.env.S3_ENDPOINT ? {} : { 's3.access-key-id': 'testtest', 's3.secret-access-key': 'testtest' }
  return { path: `s3://${bucket}/${prefix}`, s3: { 's3.endpoint': endpoint, 's3.region': process.env.AWS_REGION ?? 'us-east-1', ...account } }
}

/** Reads Iceberg tables with pyiceberg, in one process that starts with the first of them. */
export class IcebergRows {
  #process: Promise<LineProcess> | null = null

  /** Writes all rows that readers of a table see into a Parquet file. */
  async copy(place: IcebergPlace, to: string): Promise<string> {
    this.#process ??= icebergPython().then((python) => lineProcess(python, 'iceberg.py'))
    const answer = (await (await this.#process).ask({ do: 'dump', to, ...reachable(place) })) as { readonly error?: string }
    if (answer.error) throw new Error(`pyiceberg cannot read ${JSON.stringify(place)}: ${answer.error}`)
    return to
  }

  async close(): Promise<void> {
    const process = await this.#process?.catch(() => null)
    process?.close()
  }
}
