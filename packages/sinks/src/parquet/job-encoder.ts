/** What encodes jobs, in the thread that made it. */
export interface JobEncoder<J> {
  /** Returns the bytes of the file. Takes over the job's buffer: it is changed, and may be released. */
  encode(job: J): Uint8Array<ArrayBuffer>
  /** Bytes that its WASM has taken from the system; they grow only. */
  readonly memory: number
}
