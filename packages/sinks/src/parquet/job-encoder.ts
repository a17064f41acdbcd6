/** What encodes jobs, in the thread that made it. */
export interface JobEncoder<J> {
  /** Returns the parts of the file that ends with the job; none where more rows come. Takes over the job's buffer: it is changed, and may be released. */
  encode(job: J): Uint8Array<ArrayBuffer>[]
  /** Forgets a file that has not ended. */
  drop(file: number): void
  /** Bytes that its WASM has taken from the system; they grow only. */
  readonly memory: number
}
