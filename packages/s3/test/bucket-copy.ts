import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'
import { clientOptions } from '../../../test/s3/client-options.ts'

/** A place in a bucket, by the endpoint of its store. */
export interface Place {
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
}

/** Reads a place as any client would, without code of the library. One that is a whole page long is a test that has grown too large. */
export class BucketReader {
  readonly #client: S3Client
  readonly #at: { readonly Bucket: string; readonly Prefix: string }

  constructor({ endpoint, bucket, prefix }: Place) {
    this.#client = new S3Client(clientOptions(endpoint))
    this.#at = { Bucket: bucket, Prefix: `${prefix}/` }
  }

  /** Returns the paths of all objects, relative to the place. */
  async paths(): Promise<string[]> {
    const { Contents = [], IsTruncated } = await this.#client.send(new ListObjectsV2Command(this.#at))
    if (IsTruncated) throw new Error('more than one page of objects')
    return Contents.map(({ Key = '' }) => Key.slice(this.#at.Prefix.length))
  }

  /** Returns the paths of uploads that are not completed. */
  async uploads(): Promise<string[]> {
    const { Uploads = [], IsTruncated } = await this.#client.send(new ListMultipartUploadsCommand(this.#at))
    if (IsTruncated) throw new Error('more than one page of uploads')
    return Uploads.map(({ Key = '' }) => Key).flatMap((key) => (key.startsWith(this.#at.Prefix) ? [key.slice(this.#at.Prefix.length)] : []))
  }

  async bytes(path: string): Promise<Uint8Array> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#at.Bucket, Key: this.#at.Prefix + path }))
    return (await Body?.transformToByteArray()) ?? new Uint8Array()
  }

  /** Returns the rows of a Parquet file. */
  async rows(path: string): Promise<Record<string, unknown>[]> {
    return parquetReadObjects({ file: Uint8Array.from(await this.bytes(path)).buffer })
  }

  /** Does something with a copy of some objects in a folder, which is removed afterwards. */
  async copied<R>(paths: readonly string[], work: (folder: string) => R | Promise<R>): Promise<R> {
    const folder = await mkdtemp(join(tmpdir(), 'tickets-bucket-'))
    try {
      for (const path of paths) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), await this.bytes(path))
      }
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}
