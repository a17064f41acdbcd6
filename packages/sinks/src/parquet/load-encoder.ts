import type { JobEncoder } from './job-encoder.ts'
import type { Engine, ParquetJob } from './parquet-job.ts'
import { loadParquetWasm } from './parquet-wasm.ts'
import { loadTableWriter } from './table-writer.ts'

/** Loads what encodes jobs of one kind, and nothing of the other: parquet-wasm takes 5 MB and a tenth of a second. */
export async function loadEncoder(engine: Engine): Promise<JobEncoder<ParquetJob>> {
  const [tables, ipc] = [engine === 'table' ? await loadTableWriter() : null, engine === 'ipc' ? await loadParquetWasm() : null]
  const mismatch = (): never => {
    throw new Error(`a thread for jobs of the kind ${engine} got one of another`)
  }
  return {
    encode: (job) => (job.kind === 'table' ? (tables ?? mismatch()).encode(job) : (ipc ?? mismatch()).encode(job)),
    drop: (file) => tables?.drop(file),
    get memory() {
      return (tables ?? ipc ?? mismatch()).memory
    },
  }
}
