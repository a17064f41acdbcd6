import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    // Tests run on the sources; the built packages are tried by test/packaging.
    alias: [
      { find: /^@tickets\/core$/, replacement: source('./packages/core/src/index.ts') },
      { find: /^@tickets\/core\/(arrow|internal|node|testing)$/, replacement: source('./packages/core/src/$1.ts') },
      { find: /^@tickets\/cli\/config$/, replacement: source('./packages/cli/src/config.ts') },
      { find: /^@tickets\/kafka-source\/ksql$/, replacement: source('./packages/kafka-source/src/ksql.ts') },
      { find: /^@tickets\/kafka-source\/registry$/, replacement: source('./packages/kafka-source/src/registry.ts') },
      { find: /^@tickets\/sinks\/(mysql|postgres)$/, replacement: source('./packages/sinks/src/$1.ts') },
      { find: /^@tickets\/(cli|sinks|kafka-source)$/, replacement: source('./packages/$1/src/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/broker/global-setup.ts', 'test/mariadb/global-setup.ts', 'test/postgres/global-setup.ts', 'test/registry/global-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: process.env.CI ? ['default', ['json', { outputFile: '.cache/results/test.json' }]] : ['default'],
  },
})
