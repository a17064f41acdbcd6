import { rmSync } from 'node:fs'
import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

// Both builds write to one folder at the same time, so that neither may clean it.
rmSync('dist', { recursive: true, force: true })

const library = {
  ...packageBuild({
    index: 'src/index.ts',
    arrow: 'src/arrow.ts',
    'command-line': 'src/command-line.ts',
    internal: 'src/internal.ts',
    kernels: 'src/kernels.ts',
    node: 'src/node.ts',
    testing: 'src/testing.ts',
  }),
  clean: false,
}
/** One file without chunks, so that an application that is bundled can copy it to where it wants. */
const worker = { ...packageBuild({ 'decode-worker': 'src/node/decode/worker.ts' }), splitting: false, clean: false }

export default defineConfig([library, worker].flat() as never)
