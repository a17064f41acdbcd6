import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Batch } from '@tickets/core'
import { toRecordBatch } from '@tickets/core/arrow'
import { parquetSink } from '@tickets/sinks'
import { beforeAll, expect, test } from 'vitest'
import { commit, Every, folder, parts, plain, range, sparse, task, writeRows } from '../helpers.ts'
import { bundle, node } from './bundle.ts'

/** The folder of the bundles. */
let out: string
let app: string
let alone: Record<string, unknown>
const write = async (at: string, options: object, ...flags: string[]) => node(dirname(at), [...flags, at, await folder(), JSON.stringify(options)])
const once = [expect.stringMatching(/^TICKETS_ENCODE_IN_PROCESS: /)]

beforeAll(async () => {
  out = await bundle({ app: 'test/threads/app.ts', soak: 'test/threads/soak.ts', 'a-copy': 'src/parquet/parquet-worker.ts' })
  app = join(out, 'app.mjs')
  alone = await write(app, { encodeWorkers: 0 })
})

test('on the main thread, as asked for: nothing is said', () => {
  expect(alone).toEqual({ files: expect.stringMatching(/^[0-9a-f]{64}$/), warnings: [] })
})

test('bundled, with the worker where workerUrl says: the same bytes', async () => {
  expect(await write(app, { workerUrl: join(out, 'a-copy.mjs') })).toEqual(alone)
  expect(await write(app, { workerUrl: `file://${out}/a-copy.mjs` })).toEqual(alone)
})

test('bundled, without the worker: on the main thread, the same bytes, and said once', async () => {
  expect(await write(app, {})).toEqual({ ...alone, warnings: once })
  expect(await write(app, { workerUrl: join(out, 'nowhere.mjs') })).toEqual({ ...alone, warnings: once })
})

test('bundled, with the worker beside the bundle', async () => {
  await copyFile(join(out, 'a-copy.mjs'), join(out, 'parquet-worker.js'))
  expect(await write(app, {})).toEqual({ ...alone, warnings: [] })
})

test('in code that Node is given as text, whose flags a thread would refuse', async () => {
  const code = `process.argv = ['', '', ...JSON.parse(process.env.ARGS)]; await import(${JSON.stringify(app)})`
  const ARGS = JSON.stringify([await folder(), JSON.stringify({ workerUrl: join(out, 'a-copy.mjs') })])
  expect(await node(out, ['--input-type=module', '-e', code], { ARGS })).toEqual(alone)
})

test('a bundle as CommonJS knows no place for its worker: on the main thread', async () => {
  const cjs = await bundle({ app: 'test/threads/app.ts' }, 'cjs')
  expect(await write(join(cjs, 'app.cjs'), {})).toEqual({ ...alone, warnings: once })
})

test.each(['esm', 'cjs'] as const)('parquet-wasm in the bundle (%s), or nowhere: what to add is said', async (format) => {
  const said = async (wasm: 'in' | 'nowhere') => {
    const made = await bundle({ app: 'test/threads/app.ts' }, format, wasm)
    return write(join(made, format === 'esm' ? 'app.mjs' : 'app.cjs'), { encodeWorkers: 0, compression: 'zstd' }).catch(
      (error: Error) => error.message,
    )
  }
  expect(await said('in')).toMatch(
    /it is in the bundle and its \.wasm file is not.*esbuild: external.*Vite: ssr.*webpack: externals.*npm i parquet-wasm/,
  )
  expect(await said('nowhere')).toMatch(/it is not installed where the application runs: npm i parquet-wasm/)
})

test('where Node forbids threads: on the main thread, the same bytes, and said once', async () => {
  const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*']
  const said = await write(app, { workerUrl: join(out, 'a-copy.mjs') }, ...flags)
  expect(said).toEqual({ ...alone, warnings: [expect.stringContaining('restricted')] })
  expect(await write(app, { workerUrl: join(out, 'a-copy.mjs') }, ...flags, '--allow-worker')).toMatchObject({ files: alone.files })
})

test('the sources run their own worker', async () => {
  const path = await folder()
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  await commit(parquetSink(path), [plain, sparse])
  await new Promise((done) => setImmediate(done))
  process.off('warning', note)
  expect(warnings).toEqual([])
  expect(await parts(path)).toHaveLength(1)
})

test('what the encoder says comes with the name of the flow, from a thread as from here', async () => {
  for (const encodeWorkers of [0, 1]) {
    const writer = await parquetSink(await folder(), { encodeWorkers }).open(task, Every)
    const broken = Batch.of(Every, [plain])
    // Text that is no UTF-8, which data from elsewhere may hold.
    const text = toRecordBatch(broken).data.children[1]?.values as Uint8Array
    text[0] = 0xff
    await writer.write(broken)
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringMatching(/^flow "all": encoding \.parquet failed \(.*UTF-8/i),
      cause: { message: expect.stringMatching(/UTF-8/i) },
    })
    await writeRows(writer, [plain])
    expect(await writer.stage(1, 'a', range(1, 2))).toMatchObject({ files: [{ rows: 1 }] })
  }
})

test.each(['thread', 'here'])('2,000 files leave no memory behind (%s)', async (where) => {
  if (where === 'thread') await copyFile(join(out, 'a-copy.mjs'), join(out, 'parquet-worker.js'))
  const { bytes, threads, seen } = (await node(out, ['--expose-gc', join(out, 'soak.mjs'), where, '2000'])) as {
    bytes: number
    threads: number
    seen: { memory: number; rss: number }[]
  }
  expect(bytes).toBeGreaterThan(2000 * 1000)
  expect(threads).toBe(where === 'thread' ? 1 : 0)
  const [early, late] = seen
  expect(early?.memory).toBeGreaterThan(0)
  expect(late?.memory).toBe(early?.memory)
  expect((late?.rss ?? 0) - (early?.rss ?? 0)).toBeLessThan(40 * 2 ** 20)
})
