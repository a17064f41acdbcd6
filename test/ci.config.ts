import { defineConfig } from 'vitest/config'
import main from '../vitest.config.ts'

// What .ci/run does beyond `pnpm test`: the examples, and the packed packages in a project of their own. Run from the root.
export default defineConfig({
  // What is built is tried in processes of their own; a test that imports a package itself gets its sources.
  resolve: main.resolve ?? {},
  test: {
    include: ['test/**/*.ci.ts'],
    globalSetup: [
      'test/broker/global-setup.ts',
      'test/mariadb/global-setup.ts',
      'test/postgres/global-setup.ts',
      'test/registry/global-setup.ts',
      'test/s3/global-setup.ts',
    ],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: ['default', ['json', { outputFile: '.cache/results/packed.json' }]],
  },
})
