import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

const library = packageBuild({ index: 'src/index.ts' })
/** One file without chunks, so that an application that is bundled can copy it to where it wants. */
const worker = { ...packageBuild({ 'parquet-worker': 'src/workers/parquet-worker.ts' }), splitting: false, clean: false }

export default defineConfig([library, worker].flat() as never)
