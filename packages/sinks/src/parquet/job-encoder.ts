/** What came of a job. */
export interface Encoded {
  /** Of the file that ends with the job, in their order; none where more rows come. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[]
  /** Buffers of this job and earlier ones that are not used any more. */
  readonly spare: readonly ArrayBuffer[]
}

/** What encodes jobs, in the thread that made it. */
export interface JobEncoder<J> {
  /** Encodes a job. Takes over its buffer: it is changed, and may be released. */
  encode(job: J): Encoded
  /** Forgets a file that has not ended. */
  drop(file: number): void
  /** Bytes that its WASM has taken from the system; they grow only. */
  readonly memory: number
}
