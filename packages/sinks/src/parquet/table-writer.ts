import { loadKernels } from '../kernels/load.ts'
import { tableOf } from '../pack/table-of.ts'
import { writeFile } from '../parquet-file/write-file.ts'
import type { JobEncoder } from './job-encoder.ts'
import type { TableJob } from './parquet-job.ts'

/** Loads our own writer of Parquet. */
export async function loadTableWriter(): Promise<JobEncoder<TableJob>> {
  const kernels = await loadKernels()
  const { top } = kernels.memory
  return {
    encode({ table, settings, footer }) {
      try {
        return writeFile(kernels, tableOf(table), settings, [...footer])
      } finally {
        kernels.memory.release(top)
      }
    },
    get memory() {
      return kernels.memory.bytes.length
    },
  }
}
