import { fillEnum } from '../pack/fill-enums.ts'
import type { TextSlot } from '../pack/slots.ts'
import type { JobEncoder } from './job-encoder.ts'
import type { IpcJob } from './parquet-job.ts'

type Wasm = typeof import('parquet-wasm')

/** Rows looked at to tell ids and free text from texts that repeat, and the share of different ones that makes a dictionary useless. */
const SAMPLE = 2048
const UNIQUE = 0.98

/** Returns whether the values of a text column hardly repeat, judged by rows spread over all of it. */
export function needsNoDictionary(ipc: ArrayBuffer, { rows, bits, offsets, bytes }: TextSlot): boolean {
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

/** The encoder of deltas takes a megabyte for each column before its first value: beyond so many columns they are written PLAIN. */
export const MOST_DELTAS = 64

function propertiesOf(wasm: Wasm, { ipc, texts, times, numbers, settings, footer }: IpcJob) {
  let builder = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression[settings.compression])
    .setMaxRowGroupSize(settings.rowGroupRows)
    .setKeyValueMetadata(new Map(footer))
  // Times lie close together: their differences take a tenth off the whole file of tickets, where a dictionary of them only costs.
  const withoutDictionary = texts.filter((text) => needsNoDictionary(ipc, text))
  const [ofTimes, ofTexts] =
    settings.plain || times.length + withoutDictionary.length > MOST_DELTAS
      ? [wasm.Encoding.PLAIN, wasm.Encoding.PLAIN]
      : [wasm.Encoding.DELTA_BINARY_PACKED, wasm.Encoding.DELTA_LENGTH_BYTE_ARRAY]
  for (const name of times) builder = builder.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, ofTimes)
  for (const { name } of withoutDictionary) builder = builder.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, ofTexts)
  for (const name of numbers) builder = builder.setColumnDictionaryEnabled(name, false)
  return builder.build()
}

/** Returns whether WebAssembly itself failed (a trap, or no memory), and not the request. */
export const isTrap = (error: unknown): boolean => ['RangeError', 'RuntimeError'].includes((error as { name?: string } | null)?.name ?? '')

/** Memory is given back at once where the engine can, and not when garbage is collected. */
function release(buffer: ArrayBuffer & { transfer?: (length: number) => ArrayBuffer }): void {
  buffer.transfer?.(0)
}

/** Loads parquet-wasm: the one place that does. Every object of it that is made here is used up by the call that it is made for. */
export async function loadParquetWasm(): Promise<JobEncoder<IpcJob>> {
  const wasm = await import('parquet-wasm')
  return {
    encode(job) {
      for (const slot of job.enums) fillEnum(job.ipc, slot)
      const properties = propertiesOf(wasm, job)
      let table: ReturnType<Wasm['Table']['fromIPCStream']>
      try {
        table = wasm.Table.fromIPCStream(new Uint8Array(job.ipc))
      } catch (error) {
        properties.free()
        throw error
      }
      release(job.ipc)
      // `writeParquet` takes over both and frees them, also when it throws.
      return { parts: [wasm.writeParquet(table, properties) as Uint8Array<ArrayBuffer>], spare: [] }
    },
    // A job is a whole file.
    drop() {},
    get memory() {
      return (wasm.wasmMemory() as { readonly buffer: ArrayBuffer }).buffer.byteLength
    },
  }
}
