import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type _Object, GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { DuckDBInstance } from '@duckdb/node-api'

const run = promisify(execFile)

/** Where the lakehouse lies, and the Pythons that read its tables. */
export interface Lakehouse {
  readonly client: S3Client
  readonly bucket: string
  readonly prefix: string
  readonly endpoint: string
  /** Region and credentials, as the SDKs of AWS read them. */
  readonly env: Readonly<Record<string, string>>
  readonly python: { readonly delta: string; readonly iceberg: string }
}

/** The objects in a folder of the lakehouse, from the listing of AWS's own client. */
async function objectsIn({ client, bucket, prefix }: Lakehouse, name: string): Promise<_Object[]> {
  const found: _Object[] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}/${name}/` })) found.push(...Contents)
  return found
}

/** Their keys. */
export const keysIn = async (lakehouse: Lakehouse, name: string): Promise<string[]> =>
  (await objectsIn(lakehouse, name)).flatMap(({ Key }) => Key ?? [])

/** The bytes of the files that a sink of JSON Lines has written. */
export const bytesIn = async (lakehouse: Lakehouse, name: string): Promise<number> =>
  (await objectsIn(lakehouse, name)).reduce((sum, { Key, Size = 0 }) => sum + (Key?.endsWith('.jsonl') ? Size : 0), 0)

async function download(lakehouse: Lakehouse, name: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const [i, key] of (await keysIn(lakehouse, name)).filter((key) => key.endsWith('.parquet')).entries()) {
    const { Body } = await lakehouse.client.send(new GetObjectCommand({ Bucket: lakehouse.bucket, Key: key }))
    await writeFile(join(to, `${i}.parquet`), (await Body?.transformToByteArray()) ?? '')
  }
}

async function readTable({ bucket, prefix, endpoint, env, python }: Lakehouse, format: 'delta' | 'iceberg', file: string): Promise<void> {
  const job = { format, table: `s3://${bucket}/${prefix}/tickets_${format}`, endpoint, file }
  await run(python[format], [join(import.meta.dirname, 'lakehouse.py'), JSON.stringify(job)], { env: { ...process.env, ...env } })
}

const COLUMNS = 'ticket_id, client_id, created_at, request, request_type, priority, assigned_team'

/** What the tables must hold, as queries over the tickets that were sent. */
const expected = {
  tickets: `SELECT *, MAP {'billing': 'Billing Team', 'technical': 'Technical Support', 'account': 'Account Management', 'general': 'General Support'}[request_type]
    AS assigned_team FROM input`,
  by_type: `SELECT time_bucket(INTERVAL '1 minute', created_at) AS window_start, request_type, count(*)::BIGINT AS tickets,
    count(DISTINCT client_id)::BIGINT AS clients FROM input GROUP BY ALL`,
}

/**
 * Compares what lies in the bucket with what DuckDB makes of the tickets in a JSON Lines file. delta-rs and pyiceberg read their tables, and AWS's own
 * client downloads the plain Parquet files.
 *
 * @returns for each table how many rows are missing, and how many are too many
 */
export async function differences(lakehouse: Lakehouse, input: string, home: string): Promise<Record<string, { missing: number; tooMany: number }>> {
  await mkdir(home)
  const file = (name: string) => join(home, `${name}.parquet`)
  await readTable(lakehouse, 'delta', file('delta'))
  await readTable(lakehouse, 'iceberg', file('iceberg'))
  await download(lakehouse, 'tickets_by_type', join(home, 'by_type'))
  const db = await (await DuckDBInstance.create()).connect()
  await db.run(`SET TimeZone = 'UTC'`)
  const columns = COLUMNS.split(', ').filter((column) => column !== 'assigned_team')
  const types = columns.map((column) => `${column}: '${column === 'created_at' ? 'TIMESTAMPTZ' : 'VARCHAR'}'`)
  await db.run(`CREATE TABLE input AS FROM read_json('${input}', format = 'newline_delimited', columns = {${types.join(', ')}})`)
  // A window may have been emitted several times on the way to its last revision.
  const last = 'QUALIFY rank() OVER (PARTITION BY window_start, request_type ORDER BY revision DESC) = 1'
  const found = {
    delta: `SELECT ${COLUMNS} FROM '${file('delta')}'`,
    iceberg: `SELECT ${COLUMNS} FROM '${file('iceberg')}'`,
    by_type: `SELECT window_start, request_type, tickets, clients FROM '${join(home, 'by_type', '*.parquet')}' ${last}`,
  }
  const count = async (sql: string) => Number((await db.runAndReadAll(`SELECT count(*) AS n FROM (${sql})`)).getRowObjectsJson()[0]?.n)
  const compare = async (is: string, shall: string) => ({
    missing: await count(`(${shall}) EXCEPT ALL (${is})`),
    tooMany: await count(`(${is}) EXCEPT ALL (${shall})`),
  })
  try {
    return {
      delta: await compare(found.delta, expected.tickets),
      iceberg: await compare(found.iceberg, expected.tickets),
      by_type: await compare(found.by_type, expected.by_type),
    }
  } finally {
    db.closeSync()
  }
}
