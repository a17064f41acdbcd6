import { defineConfig, type Options } from 'tsup'

/** How every package is built: ESM for current Node and browsers, declarations beside it, shared code in shared chunks. */
export const packageBuild = (entry: Record<string, string>, external: string[] = [], more: Options = {}) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    clean: true,
    splitting: true,
    treeshake: true,
    // webpack and Rspack find a thread only where `Worker` comes from `worker_threads` without the protocol.
    removeNodeProtocol: true,
    tsconfig: '../../tsconfig.build.json',
    external: [/^node:/, ...external],
    ...more,
  })
