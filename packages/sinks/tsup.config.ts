import { rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

// Both builds write to one folder at the same time, so that neither may clean it.
rmSync('dist', { recursive: true, force: true })

const library = {
  ...packageBuild({ index: 'src/index.ts', mysql: 'src/mysql.ts', postgres: 'src/postgres.ts' }),
  clean: false,
  // The SQL of the star schema is read when it is applied.
  onSuccess: () => cp('src/mysql/warehouse/migrations', 'dist/migrations', { recursive: true }),
}
/** One file without chunks and with what it uses of core, so that an application that is bundled can copy it to where it wants. */
const worker = {
  ...packageBuild({ 'parquet-worker': 'src/parquet/parquet-worker.ts' }),
  splitting: false,
  clean: false,
  noExternal: ['@tickets/core/kernels'],
}

export default defineConfig([library, worker].flat() as never)
