import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type MultipartUpload,
  S3Client,
} from '@aws-sdk/client-s3'
import { clientOptions } from '../s3/client-options.ts'
import type { BucketConfig } from './config.ts'
import { type Commit, commitOf, filesOf, recordNumbers, sinceGap } from './records.ts'

/** How long the watcher rests after each look, in milliseconds. */
const REST_MS = 300

const partOf = (key: string) => {
  const [, task = '', n = ''] = /(?:^|\/)part-[^-/]+-(.+)-(\d+)-\d+\.\w+$/.exec(key) ?? []
  return task === '' ? null : { task, n: Number(n) }
}

/** The bucket of one run, as a client of its own sees it: it shares no code with the library. */
export class RunBucket {
  readonly #client: S3Client
  readonly #name: string
  readonly #endpoint: string
  /** Keys of published files → their ETags as they were first seen. */
  readonly #seen = new Map<string, string>()
  readonly early: string[] = []
  looks = 0
  #stopped = false
  #watching: Promise<void> = Promise.resolve()

  private constructor(endpoint: string, name: string) {
    this.#client = new S3Client(clientOptions(endpoint))
    this.#endpoint = endpoint
    this.#name = name
  }

  /** Makes a bucket, and watches it until `stop`. */
  static async make(endpoint: string, name: string): Promise<RunBucket> {
    const bucket = new RunBucket(endpoint, name)
    await bucket.#client.send(new CreateBucketCommand({ Bucket: name }))
    bucket.#watching = bucket.#watch()
    return bucket
  }

  /** What a worker needs to know; `via` is the endpoint of a proxy. */
  config(via = this.#endpoint, maxAttempts?: number): BucketConfig {
    return { endpoint: via, bucket: this.#name, ...(maxAttempts === undefined ? {} : { maxAttempts }) }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#watching
    await this.#look()
  }

  async #list(prefix: string): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    for (let token: string | undefined, isLast = false; !isLast; ) {
      const page = await this.#client.send(new ListObjectsV2Command({ Bucket: this.#name, Prefix: prefix, ContinuationToken: token }))
      for (const { Key = '', ETag = '', Size } of page.Contents ?? []) found.set(Key, `${ETag} of ${Size} bytes`)
      token = page.NextContinuationToken
      isLast = !page.IsTruncated
    }
    return found
  }

  async #read(key: string): Promise<Uint8Array | null> {
    try {
      return (await (await this.#client.send(new GetObjectCommand({ Bucket: this.#name, Key: key }))).Body?.transformToByteArray()) ?? null
    } catch (error) {
      if ((error as { name?: string }).name === 'NoSuchKey') return null
      throw error
    }
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      await this.#look().catch((error) => this.early.push(`the watcher of the bucket: ${String(error)}`))
      await new Promise((done) => setTimeout(done, REST_MS))
    }
  }

  /** Lists published files first and records then, so that the record of each file must be there, and says which one is not. */
  async #look(): Promise<void> {
    const files = [...(await this.#list('out/')), ...(await this.#list('lake/'))].filter(([key]) => partOf(key))
    const fresh = files.filter(([key, version]) => this.#seen.get(key) !== version)
    const records = fresh.length === 0 ? [] : [...(await this.#list('log/')).keys()]
    for (const [key, version] of fresh) {
      const before = this.#seen.get(key)
      if (before !== undefined) this.early.push(`${key} was ${before}, is ${version}`)
      this.#seen.set(key, version)
      const why = await this.#withoutRecord(key, records)
      if (why !== null) this.early.push(why)
    }
    this.looks++
  }

  async #withoutRecord(key: string, records: readonly string[]): Promise<string | null> {
    const { task, n } = partOf(key) ?? { task: '', n: 0 }
    const own = records.filter((record) => record.split('/')[2] === task && /\/\d{20}\.json$/.test(record))
    const numbers = sinceGap(own.map((record) => Number.parseInt(basename(record), 10)).sort((a, b) => a - b))
    // Older records are pruned, from the lowest upwards.
    if (numbers.length > 0 && n < (numbers[0] ?? 0)) return null
    const path = own.find((record) => Number.parseInt(basename(record), 10) === n)
    if (path === undefined) return `${key} is visible, record ${n} of ${task} is not there (${numbers[0]}..${numbers.at(-1)})`
    const bytes = await this.#read(path)
    // Pruned since it was listed.
    if (bytes === null) return null
    const { record } = JSON.parse(Buffer.from(bytes).toString()) as { record: Commit }
    return filesOf(record).includes(basename(key)) ? null : `${key} is visible, record ${n} of ${task} does not name it`
  }

  /** Copies all objects to a folder, where the check reads them as it reads those of other runs. */
  async download(home: string): Promise<void> {
    const keys = [...(await this.#list('')).keys()]
    const copy = async () => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
        const path = join(home, key)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, (await this.#read(key)) ?? new Uint8Array())
      }
    }
    await Promise.all(Array.from({ length: 8 }, copy))
  }

  /** What the last sweep had to take and did not, and files that no record names, once the objects were copied to `home`. */
  async leftBehind(home: string): Promise<string[]> {
    const left: string[] = []
    const uploads: MultipartUpload[] = []
    for (let key: string | undefined, id: string | undefined, isLast = false; !isLast; ) {
      const page = await this.#client.send(new ListMultipartUploadsCommand({ Bucket: this.#name, KeyMarker: key, UploadIdMarker: id }))
      uploads.push(...(page.Uploads ?? []))
      key = page.NextKeyMarker
      id = page.NextUploadIdMarker
      isLast = !page.IsTruncated
    }
    for (const { Key = '' } of uploads) {
      // What a killed preflight check has left goes after a quarter of an hour.
      if (Key.startsWith('.tickets-probe/')) continue
      const part = partOf(Key)
      if (!part) left.push(`an upload of ${Key}`)
      else if (part.n <= (recordNumbers(home, part.task).at(-1) ?? -1)) left.push(`an upload of ${Key}`)
    }
    for (const key of this.#seen.keys()) {
      const { task, n } = partOf(key) ?? { task: '', n: 0 }
      const numbers = recordNumbers(home, task)
      if (n < (numbers[0] ?? 0)) continue
      if (!numbers.includes(n) || !filesOf(commitOf(home, task, n)).includes(basename(key))) left.push(`${key}, which no record names`)
    }
    return left
  }

  close(): void {
    this.#client.destroy()
  }
}
