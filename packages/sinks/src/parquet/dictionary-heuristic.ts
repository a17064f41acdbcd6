import type { TextSlot } from './parquet-job.ts'

/** Rows looked at to tell ids and free text from texts that repeat, and the share of different ones that makes a dictionary useless. */
const SAMPLE = 2048
const UNIQUE = 0.98

/** Whether the values of a text column hardly repeat, told from rows spread over all of it. */
export function isUnique(ipc: ArrayBuffer, { rows, bits, offsets, bytes }: TextSlot): boolean {
  const places = new Int32Array(ipc, offsets, rows + 1)
  const valid = bits < 0 ? null : new Uint8Array(ipc, bits, (rows + 7) >> 3)
  const all = Buffer.from(ipc)
  const step = Math.max(1, Math.floor(rows / SAMPLE))
  const found = new Set<string>()
  let looked = 0
  for (let i = 0, k = 0; i < rows && k < SAMPLE; i += step, k++) {
    if (valid && ((valid[i >> 3] as number) & (1 << (i & 7))) === 0) continue
    looked++
    found.add(all.toString('latin1', bytes + (places[i] as number), bytes + (places[i + 1] as number)))
  }
  return looked > 0 && found.size >= looked * UNIQUE
}
