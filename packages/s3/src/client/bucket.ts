import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { isAbsent, isPassing, statusOf, storageError } from './errors.ts'
import { noRequests, type RequestCounts, type RequestKind } from './requests.ts'

export type { S3Client, S3ClientConfig }

/** An object, as a listing or a HEAD tells of it. */
export interface ObjectInfo {
  readonly size: number
  /** In epoch milliseconds, whole seconds. */
  readonly modified: number
  readonly etag: string
}

/** An upload that is not completed. */
export interface PendingUpload {
  readonly key: string
  readonly id: string
}

/** No request takes longer, its repetitions included, in milliseconds. */
const LONGEST_MS = 600_000

/** How often an object is read whose content is cut off. */
const READS = 3

/** A hanging connection is found by these; all in milliseconds. A large part on a slow line may take minutes, but never rests that long. */
const timeouts = { connectionTimeout: 10_000, socketTimeout: 30_000, requestTimeout: 300_000, throwOnRequestTimeout: true }

/** Returns a client with our timeouts and more tries than the SDK's default, where `config` says nothing else. */
export const makeClient = (config: S3ClientConfig): S3Client => new S3Client({ requestHandler: timeouts, maxAttempts: 5, ...config })

const isClient = (client: unknown): client is S3Client => typeof (client as S3Client | undefined)?.send === 'function'

/** Returns a client that was passed in, or one for these options; null for anything else. */
export function clientOf(client: unknown, config: S3ClientConfig): S3Client | null {
  if (client === undefined) return makeClient(config)
  return isClient(client) ? client : null
}

/** Listings and headers round times differently. */
const wholeSecond = (date: Date | undefined): number => Math.floor((date?.getTime() ?? 0) / 1000) * 1000

/** The name of the metadata that tells which attempt an object is of. */
const STAGING = 'tickets-staging'

/** One bucket: each method is one kind of request, counted, limited in time, and with errors that say what to do. */
export class Bucket {
  readonly name: string
  readonly client: S3Client
  readonly #counts = noRequests()

  constructor(name: string, client: S3Client) {
    this.name = name
    this.client = client
  }

  get requests(): RequestCounts {
    return this.#counts
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false } = {}): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, ...(ifAbsent && { IfNoneMatch: '*' }) })
    await this.#run('PutObject', key, (options) => this.client.send(command, options))
  }

  /** Returns the content of an object, or null. The client does not repeat a request whose content is cut off, so this does. */
  async get(key: string): Promise<Uint8Array | null> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#getOnce(key)
      } catch (error) {
        if (tries === READS || statusOf(error) !== 0 || !isPassing(error)) throw error
      }
    }
  }

  #getOnce(key: string): Promise<Uint8Array | null> {
    const command = new GetObjectCommand({ Bucket: this.name, Key: key })
    return this.#unlessAbsent('GetObject', key, async (options) => {
      const answer = await this.client.send(command, options)
      return { $metadata: answer.$metadata, result: (await answer.Body?.transformToByteArray()) ?? new Uint8Array() }
    })
  }

  /** Returns what is known of an object, and of which attempt it is; null if there is none. */
  async head(key: string): Promise<(ObjectInfo & { readonly staging: string | null }) | null> {
    const command = new HeadObjectCommand({ Bucket: this.name, Key: key })
    return this.#unlessAbsent('HeadObject', key, async (options) => {
      const { $metadata, ContentLength = 0, LastModified, ETag = '', Metadata } = await this.client.send(command, options)
      const result = { size: ContentLength, modified: wholeSecond(LastModified), etag: ETag, staging: Metadata?.[STAGING] ?? null }
      return { $metadata, result }
    })
  }

  /** Lists objects page by page; with a delimiter those directly below a prefix, and the folders there. */
  async *list(
    prefix: string,
    delimiter?: '/',
  ): AsyncGenerator<{ readonly objects: ReadonlyMap<string, ObjectInfo>; readonly folders: readonly string[] }> {
    let token: string | undefined
    do {
      const command = new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token })
      const page = await this.#run('ListObjectsV2', prefix, (options) => this.client.send(command, options))
      const objects = (page.Contents ?? []).map(
        ({ Key = '', Size = 0, LastModified, ETag = '' }) => [Key, { size: Size, modified: wholeSecond(LastModified), etag: ETag }] as const,
      )
      yield { objects: new Map(objects), folders: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix) }
      token = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }

  /** Deletes up to 1,000 objects with one request. */
  async deleteMany(keys: readonly string[]): Promise<void> {
    const command = new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true } })
    const { Errors = [] } = await this.#run('DeleteObjects', keys[0] ?? '', (options) => this.client.send(command, options))
    const failed = Errors.find(({ Code }) => Code !== 'NoSuchKey')
    if (!failed) return
    const error = Object.assign(new Error(failed.Message ?? ''), {
      name: failed.Code ?? '',
      $metadata: { httpStatusCode: failed.Code === 'AccessDenied' ? 403 : 400 },
    })
    throw storageError(error, 'DeleteObjects', this.name, failed.Key ?? '')
  }

  async deleteOne(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.name, Key: key })
    await this.#unlessAbsent('DeleteObject', key, async (options) => ({ ...(await this.client.send(command, options)), result: null }))
  }

  /** Starts an upload of an object that names its attempt; returns its id. */
  async createUpload(key: string, staging: string): Promise<string> {
    const command = new CreateMultipartUploadCommand({ Bucket: this.name, Key: key, Metadata: { [STAGING]: staging } })
    const { UploadId = '' } = await this.#run('CreateMultipartUpload', key, (options) => this.client.send(command, options))
    return UploadId
  }

  /** Uploads part `number`, counted from 1; returns its ETag. */
  async uploadPart({ key, id }: PendingUpload, number: number, body: Uint8Array): Promise<string> {
    const command = new UploadPartCommand({ Bucket: this.name, Key: key, UploadId: id, PartNumber: number, Body: body })
    const { ETag = '' } = await this.#run('UploadPart', key, (options) => this.client.send(command, options))
    return ETag
  }

  /** Makes an upload the object of its key. */
  async complete({ key, id }: PendingUpload, etags: readonly string[]): Promise<void> {
    const parts = etags.map((ETag, i) => ({ ETag, PartNumber: i + 1 }))
    const command = new CompleteMultipartUploadCommand({ Bucket: this.name, Key: key, UploadId: id, MultipartUpload: { Parts: parts } })
    await this.#run('CompleteMultipartUpload', key, (options) => this.client.send(command, options))
  }

  /** Ends an upload and removes its parts; one that is gone is no error. */
  async abort({ key, id }: PendingUpload): Promise<void> {
    const command = new AbortMultipartUploadCommand({ Bucket: this.name, Key: key, UploadId: id })
    await this.#unlessAbsent('AbortMultipartUpload', key, async (options) => ({ ...(await this.client.send(command, options)), result: null }))
  }

  /** Returns the uploads below a prefix that are not completed. */
  async uploads(prefix: string): Promise<PendingUpload[]> {
    const found: PendingUpload[] = []
    let [key, id]: (string | undefined)[] = []
    do {
      const command = new ListMultipartUploadsCommand({ Bucket: this.name, Prefix: prefix, KeyMarker: key, UploadIdMarker: id })
      const page: ListMultipartUploadsCommandOutput = await this.#run('ListMultipartUploads', prefix, (options) => this.client.send(command, options))
      for (const { Key = '', UploadId = '' } of page.Uploads ?? []) found.push({ key: Key, id: UploadId })
      key = page.IsTruncated ? page.NextKeyMarker : undefined
      id = page.IsTruncated ? page.NextUploadIdMarker : undefined
    } while (key !== undefined)
    // Some stores do not look at the prefix.
    return found.filter(({ key }) => key.startsWith(prefix))
  }

  async #run<R extends Counted>(kind: RequestKind, key: string, send: (options: SendOptions) => Promise<R>): Promise<R> {
    try {
      const answer = await send({ abortSignal: AbortSignal.timeout(LONGEST_MS) })
      this.#counts[kind] += answer.$metadata.attempts ?? 1
      return answer
    } catch (error) {
      this.#counts[kind] += (error as Partial<Counted> | null)?.$metadata?.attempts ?? 1
      throw storageError(error, kind, this.name, key)
    }
  }

  async #unlessAbsent<R>(
    kind: RequestKind,
    key: string,
    send: (options: SendOptions) => Promise<Counted & { readonly result: R }>,
  ): Promise<R | null> {
    try {
      return (await this.#run(kind, key, send)).result
    } catch (error) {
      if (isAbsent(error)) return null
      throw error
    }
  }
}

interface SendOptions {
  readonly abortSignal: AbortSignal
}

/** What the SDK tells of a request, whether it succeeded or failed. */
interface Counted {
  readonly $metadata: { readonly attempts?: number | undefined }
}
