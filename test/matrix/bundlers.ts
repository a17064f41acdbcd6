import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sh } from '../packaging/project.ts'
import type { Cell } from './cell.ts'
import { type Consumer, npmConsumer, type Place, runApp } from './consumer.ts'

interface Bundler {
  readonly packages: readonly string[]
  /** Makes `dist-NAME/app.mjs` or the like; returns its path. */
  readonly build: (consumer: Consumer) => Promise<string>
}

const configured = (path: string, args: readonly string[], out: string) => async (consumer: Consumer) => {
  await consumer.bin(path, args)
  return out
}

const esbuildFlags = [
  'app.mjs',
  '--bundle',
  '--platform=node',
  '--format=esm',
  '--external:parquet-wasm',
  '--outfile=dist-esbuild/app.mjs',
  '--log-level=warning',
]

/** What an application leaves out of its bundle, as the README of @tickets/sinks says: `parquet-wasm` finds its `.wasm` beside its own code. */
const bundlers: Readonly<Record<string, Bundler>> = {
  Vite: {
    packages: ['vite@8'],
    build: configured('vite/bin/vite.js', ['build', '--config', 'vite.config.mjs'], 'dist-vite/app.mjs'),
  },
  webpack: {
    packages: ['webpack@5', 'webpack-cli@7'],
    build: configured('webpack/bin/webpack.js', ['--config', 'webpack.config.mjs'], 'dist-webpack/app.mjs'),
  },
  Rspack: {
    packages: ['@rspack/core@2', '@rspack/cli@2'],
    build: configured('@rspack/cli/bin/rspack.js', ['build', '--config', 'rspack.config.mjs'], 'dist-rspack/app.mjs'),
  },
  esbuild: {
    packages: ['esbuild@0.28'],
    // A native program.
    build: async ({ folder }) => {
      await sh(join(folder, 'node_modules/.bin/esbuild'), esbuildFlags, folder)
      return 'dist-esbuild/app.mjs'
    },
  },
  Rollup: {
    packages: ['rollup@4', '@rollup/plugin-node-resolve@16', '@rollup/plugin-commonjs@29'],
    build: configured('rollup/dist/bin/rollup', ['--config', 'rollup.config.mjs', '--silent'], 'dist-rollup/app.mjs'),
  },
}

const start = (folder: string, file: string, env: Record<string, string>) => sh(process.execPath, [join(folder, file)], folder, env)

async function bundleAndRun(consumer: Consumer, { build }: Bundler): Promise<string> {
  const { folder } = consumer
  const file = await build(consumer)
  const plain = await runApp(folder, (env) => start(folder, file, env))
  // As the README says: a copy of the worker, and its place.
  await copyFile(join(folder, 'node_modules/@tickets/sinks/dist/parquet-worker.js'), join(folder, 'parquet-worker.mjs'))
  const copied = await runApp(folder, (env) => start(folder, file, { ...env, APP_WORKER: join(folder, 'parquet-worker.mjs') }))
  if (copied !== 'on a thread') throw new Error(`with workerUrl it encodes ${copied}`)
  return `${plain}; with workerUrl on a thread`
}

/** Returns the cells of bundlers: each builds the application, and its bundle writes the same files. */
export async function bundlerCells(place: Place, wanted: readonly string[] = Object.keys(bundlers)): Promise<Cell[]> {
  const chosen = Object.entries(bundlers).filter(([name]) => wanted.includes(name))
  const configs = ['vite.config.mjs', 'webpack.config.mjs', 'rspack.config.mjs', 'rollup.config.mjs']
  const dependencies = ['@tickets/core', '@tickets/sinks', 'rxjs@7', 'zod@4', ...chosen.flatMap(([, { packages }]) => packages)]
  const consumer = await npmConsumer(place, 'bundlers', ['app.mjs', ...configs], dependencies)
  return chosen.map(([name, bundler]) => ({ part: 'bundler', name, run: () => bundleAndRun(consumer, bundler) }))
}
