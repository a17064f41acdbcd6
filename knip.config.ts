import type { KnipConfig } from 'knip'

const entry = ['src/*.ts', 'src/**/*.test.ts', 'test/**/*.test.ts']
const project = ['src/**/*.ts', 'test/**/*.ts', '*.ts']

// Entries beside tests and exports are what another process starts by its path: programs, threads, and what test runners are given.
const config: KnipConfig = {
  // An interface that its own file uses in a public signature has to be exported.
  ignoreExportsUsedInFile: true,
  // Certificates of the tests.
  ignoreBinaries: ['openssl'],
  workspaces: {
    '.': {
      entry: [
        'scripts/**/*.ts',
        'test/**/*.{test,ci}.ts',
        'test/*/{cli,all,worker,member,campaign}.ts',
        'test/crash/*.ts',
        'test/examples/*.fixture.ts',
        'test/realms/fixtures/**',
      ],
      project: ['scripts/**/*.ts', 'test/**/*.{ts,mjs}', '*.ts'],
      // Files of users, with the packages that those have installed.
      ignore: ['test/matrix/fixtures/**'],
      // Run as commands by test/packaging and scripts/release.
      ignoreDependencies: ['@arethetypeswrong/cli', 'publint'],
    },
    'packages/*': { entry, project },
    'packages/monitor': { entry: [...entry, 'src/page/main.ts', 'test/dashboard/service.ts'], project: [...project, 'operations/*.ts'] },
    'packages/sinks': { entry: [...entry, 'src/**/dying-worker.fixture.ts', 'test/threads/{app,soak}.ts'], project },
    'packages/create-tickets-app': { entry: ['src/*.ts', 'src/**/*.test.ts'], project: ['src/**/*.ts', '*.ts'] },
    // Pages are made by plugins that TypeDoc loads by name.
    site: {
      entry: ['playground/worker.ts'],
      project: ['**/*.{ts,vue}'],
      ignoreDependencies: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', 'mermaid'],
    },
    examples: { entry: ['**/*.ts'] },
    bench: {
      entry: ['*.ts', '**/*.job.ts', 'steps/*.ts', 'pages/write.ts', 'latency/producer.ts', 'peers/*.ts', 'shared/place-in.ts'],
    },
  },
}

export default config
