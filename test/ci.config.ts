import { defineConfig } from 'vitest/config'

// What .ci/run does beyond `pnpm test`: the examples, and the packed packages in a project of their own. Run from the root.
export default defineConfig({
  test: {
    include: ['test/**/*.ci.ts'],
    globalSetup: ['test/broker/global-setup.ts', 'test/mariadb/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: ['default', ['json', { outputFile: '.cache/results/packed.json' }]],
  },
})
