import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'
import { ruleTests } from './test/twins/rule-tests.ts'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests that replace modules or listeners of the process, or count on a module that nobody used before. */
export const alone = [
  'packages/core/src/dataflow/scope.test.ts',
  'packages/core/src/kernels/module.test.ts',
  'packages/core/src/schema/kernel/kernel-decoder.test.ts',
  'packages/core/src/schema/kernel/kernel.test.ts',
  'packages/core/src/tasks/revocation.test.ts',
  'packages/sinks/src/kernels/load.test.ts',
  'packages/sinks/src/mysql/client.test.ts',
  'packages/sinks/src/postgres/missing-driver.test.ts',
  'packages/sinks/test/threads/threads.test.ts',
]

export default defineConfig({
  resolve: {
    // Tests run on the sources; the built packages are tried by test/packaging.
    alias: [
      { find: /^@tickets\/core$/, replacement: source('./packages/core/src/index.ts') },
      { find: /^@tickets\/core\/(arrow|command-line|internal|kernels|node|testing)$/, replacement: source('./packages/core/src/$1.ts') },
      { find: /^@tickets\/cli\/config$/, replacement: source('./packages/cli/src/config.ts') },
      { find: /^@tickets\/kafka-source\/ksql$/, replacement: source('./packages/kafka-source/src/ksql.ts') },
      { find: /^@tickets\/kafka-source\/registry$/, replacement: source('./packages/kafka-source/src/registry.ts') },
      { find: /^@tickets\/monitor\/opentelemetry$/, replacement: source('./packages/monitor/src/opentelemetry.ts') },
      { find: /^@tickets\/sinks\/(mysql|postgres)$/, replacement: source('./packages/sinks/src/$1.ts') },
      { find: /^@tickets\/(cli|sinks|kafka-source|s3|monitor)$/, replacement: source('./packages/$1/src/index.ts') },
    ],
  },
  test: {
    // Laws and rules are tried a second time without kernels, in project `twins`.
    // Loading zod, Arrow and our sources anew took more than half of the time of these tests: files of one worker share them.
    projects: [
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: ['packages/{core,sinks}/**/*.test.ts'], exclude: [...configDefaults.exclude, ...alone] },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [...alone, 'packages/!(core|sinks)/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/twins/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'twins',
          isolate: false,
          // Buckets know no kernels, and their tests take minutes.
          include: [...ruleTests.filter((path) => !alone.includes(path) && !path.startsWith('packages/s3/')), 'test/twins/*.test.ts'],
          execArgv: ['--no-enable-sse4-1'],
        },
      },
    ],
    globalSetup: [
      'test/broker/global-setup.ts',
      'test/mariadb/global-setup.ts',
      'test/postgres/global-setup.ts',
      'test/registry/global-setup.ts',
      'test/s3/global-setup.ts',
    ],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: process.env.CI ? ['default', ['json', { outputFile: '.cache/results/test.json' }]] : ['default'],
  },
})
