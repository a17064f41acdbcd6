import { loadKernels } from '../kernels/load.ts'
import { tableOf } from '../pack/table-of.ts'
import { FileWriter } from '../parquet-file/file-writer.ts'
import type { JobEncoder } from './job-encoder.ts'
import type { TableJob } from './parquet-job.ts'

/** Loads our own writer of Parquet. It writes any number of files at a time, whose rows come job by job. */
export async function loadTableWriter(): Promise<JobEncoder<TableJob>> {
  const kernels = await loadKernels()
  const { top } = kernels.memory
  const files = new Map<number, FileWriter>()
  /** Buffers whose rows are encoded. */
  let free: ArrayBuffer[] = []
  return {
    encode({ file, before, table, settings, footer }) {
      const writer = files.get(file) ?? new FileWriter(kernels, table.fields, settings)
      files.delete(file)
      // A file whose earlier rows failed was forgotten, and must not begin anew without them.
      if (writer.rows !== before) throw new Error(`a file has ${writer.rows} rows where ${before} were handed over`)
      let parts: ReturnType<FileWriter['finish']> = []
      try {
        writer.add(tableOf(table), () => void free.push(table.buffer))
        if (footer) parts = writer.finish([...footer])
        else files.set(file, writer)
      } finally {
        kernels.memory.release(top)
      }
      const spare = free
      free = []
      return { parts, spare }
    },
    drop: (file) => void files.delete(file),
    get memory() {
      return kernels.memory.bytes.length
    },
  }
}
