import { hasNanoseconds, toMicroseconds } from '@tickets/core/arrow'
import { batchesOf, chained, openWasm, propertiesLike, type WasmBatch } from './parquet.ts'

/** The parts of a Parquet file, and how many rows it has. */
export interface Rewritten {
  readonly parts: readonly Uint8Array[]
  readonly rows: number
}

/**
 * Writes a Parquet file of any writer anew without the rows at some positions, which ascend: in its order, encoded as it is, with the types that it has. Only
 * instants in nanoseconds, as INT96 is read, become microseconds, since few readers know others.
 *
 * @throws `SCHEMA_MISMATCH` for instants that microseconds cannot hold
 */
export async function withoutRows(bytes: Uint8Array, dropped: Int32Array): Promise<Rewritten> {
  const { wasm, file } = await openWasm(bytes)
  const isNarrowed = hasNanoseconds(file.schema().intoIPCStream())
  const footer = (file.metadata().fileMetadata().keyValueMetadata() as Map<string, string>).get('tickets') ?? null
  const narrowed = (batch: WasmBatch) => (isNarrowed ? wasm.Table.fromIPCStream(toMicroseconds(batch.intoIPCStream())).recordBatches() : [batch])
  let rows = 0
  async function* kept(): AsyncGenerator<WasmBatch> {
    let [from, next] = [0, 0]
    for await (const read of batchesOf(file)) {
      for (const batch of narrowed(read)) {
        const length = batch.numRows
        const first = next
        while (next < dropped.length && (dropped[next] as number) < from + length) next++
        for (const [start, end] of runs(dropped.subarray(first, next), from, length)) {
          rows += end - start
          yield batch.slice(start, end - start)
        }
        from += length
        batch.free()
      }
    }
  }
  try {
    const batches = kept()
    const first = await batches.next()
    if (first.done) return { parts: [], rows }
    const parts: Uint8Array[] = []
    const stream = ReadableStream.from(chained(first.value, batches))
    for await (const part of await wasm.transformParquetStream(stream, propertiesLike(wasm, file, footer))) parts.push(part)
    return { parts, rows }
  } finally {
    file.free()
  }
}

/** The stretches of rows between those that are dropped, by their positions in a batch that begins at `from`. */
function* runs(dropped: Int32Array, from: number, length: number): Generator<readonly [start: number, end: number]> {
  let start = 0
  for (const position of dropped) {
    const end = position - from
    if (end > start) yield [start, end]
    start = end + 1
  }
  if (length > start) yield [start, length]
}
