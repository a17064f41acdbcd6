import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { type Import, importsIn, importsOf } from './files.ts'

const core = 'packages/core/src'
const code = (name: string) => new RegExp(`^packages/${name}/src/(?!.*\\.(test|d)\\.ts$).*\\.ts$`)

/**
 * Folder of core → folders whose code it may run. Types go further: `aggregate` takes the type Json from `pipeline`, and `pipeline` the type of
 * what ends a flow from `operators`.
 */
const mayRun: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  batch: ['errors'],
  time: ['errors', 'batch'],
  schema: ['errors', 'batch'],
  aggregate: ['errors', 'batch', 'schema', 'time'],
  window: ['errors', 'batch', 'schema', 'time', 'aggregate'],
  pipeline: ['errors', 'batch', 'schema', 'time'],
  operators: ['errors', 'batch', 'schema', 'time', 'aggregate', 'window', 'pipeline'],
  generator: ['errors', 'batch', 'schema', 'time'],
  node: ['errors', 'batch', 'schema', 'time'],
  testing: ['errors', 'batch', 'schema', 'time', 'pipeline', 'operators'],
}

const folderOf = (path: string) => relative(core, dirname(path)).split('/')[0] ?? ''
const target = ({ file, from }: Import) => join(dirname(file), from)
const isInside = ({ from }: Import) => from.startsWith('.')

test('inside core: schema, time → batch → aggregate → window → operators → pipeline', () => {
  const wrong = importsIn(code('core'))
    .filter((found) => isInside(found) && !found.isType && folderOf(found.file) !== '')
    .filter((found) => {
      const [from, to] = [folderOf(found.file), folderOf(target(found))]
      return from !== to && !mayRun[from]?.includes(to)
    })
  expect(wrong).toEqual([])
})

test('a folder of core that no rule knows is refused', () => {
  const folders = new Set(importsIn(code('core')).map(({ file }) => folderOf(file)))
  folders.delete('')
  expect([...folders].filter((folder) => !(folder in mayRun))).toEqual([])
})

test('the pipeline knows nothing of windows and aggregates, not even their types', () => {
  const known = importsIn(code('core')).filter((found) => folderOf(found.file) === 'pipeline' && isInside(found))
  expect(known.filter((found) => ['window', 'aggregate'].includes(folderOf(target(found))))).toEqual([])
})

// Windows of one stream (without a pipeline, or behind other windows) are the merge of one task: the same fold, not a second one.
test('operators use the scope of the pipeline, its late rows and the fold of the merge, and nothing else of it', () => {
  const used = importsIn(code('core')).filter((found) => folderOf(found.file) === 'operators' && isInside(found) && !found.isType)
  const files = used.map(target).filter((path) => folderOf(path) === 'pipeline')
  expect(new Set(files)).toEqual(new Set([`${core}/pipeline/scope.ts`, `${core}/pipeline/late.ts`, `${core}/pipeline/merge-state.ts`]))
})

test('core imports nothing of Node outside of src/node', () => {
  const found = importsIn(code('core')).filter(({ file, from }) => from.startsWith('node:') && !file.startsWith(`${core}/node/`))
  expect(found).toEqual([])
  const viaNode = importsIn(code('core')).filter((i) => isInside(i) && folderOf(target(i)) === 'node' && folderOf(i.file) !== 'node')
  expect(new Set(viaNode.map(({ file }) => file))).toEqual(new Set([`${core}/node.ts`, `${core}/internal.ts`]))
})

test('kafka-source → core ← sinks: the two never see each other', () => {
  const allowed = (found: Import, extra: RegExp) =>
    isInside(found) || /^(node:|@tickets\/core(\/(internal|node|arrow))?$)/.test(found.from) || extra.test(found.from)
  expect(importsIn(code('kafka-source')).filter((found) => !allowed(found, /^(kafkajs|snappy|lz4-napi|@node-rs\/crc32)(\/|$)/))).toEqual([])
  expect(importsIn(code('sinks')).filter((found) => !allowed(found, /^(parquet-wasm|mysql2)(\/|$)/))).toEqual([])
  const outside = importsIn(/^packages\/[^/]+\/src\/(?!.*\.test\.ts$)/).filter(
    (found) => isInside(found) && !target(found).startsWith(found.file.split('/src/')[0] ?? ''),
  )
  expect(outside).toEqual([])
})

test.each([
  ['kafkajs', /^packages\/kafka-source\/src\/client\.ts$/],
  ['snappy', /^packages\/kafka-source\/src\/codecs\.ts$/],
  ['lz4-napi', /^packages\/kafka-source\/src\/codecs\.ts$/],
  ['@node-rs/crc32', /^packages\/kafka-source\/src\/crc32c\.ts$/],
  ['parquet-wasm', /^packages\/sinks\/src\/(workers\/parquet-wasm|lake\/formats\/parquet)\.ts$/],
  ['mysql2', /^packages\/sinks\/src\/mysql\/client\.ts$/],
  ['apache-arrow', /^packages\/core\/src\/(batch|generator|operators)\//],
  ['rxjs', /^packages\/core\/src\/(operators|pipeline|testing)\//],
  ['zod', /^(packages\/(core|cli)\/src\/|examples\/shared\/settings\.ts$)/],
  ['fastest-levenshtein', /^packages\/core\/src\/node\/nearest\.ts$/],
  ['@clack/prompts', /^examples\/shared\/progress\.ts$/],
  ['commander', /^packages\/cli\/src\/(commands|config)\//],
  ['table', /^(packages\/cli\/src\/commands\/text|examples\/shared\/summary)\.ts$/],
  ['testcontainers', /^test\/broker\/container\.ts$/],
  ['@testcontainers/redpanda', /^test\/broker\/container\.ts$/],
])('%s is used where it belongs', (library, home) => {
  const code = /^(packages\/[^/]+\/src|examples\/shared|test\/broker)\/(?!.*\.(test|d)\.ts$)/
  const uses = importsIn(code).filter(
    ({ file, from }) => (from === library || from.startsWith(`${library}/`)) && !(library === 'rxjs' && file.startsWith('examples/')),
  )
  expect(uses.length).toBeGreaterThan(0)
  expect(uses.filter(({ file }) => !home.test(file) && !(library === 'apache-arrow' && file === 'examples/shared/arrow-to-duckdb.ts'))).toEqual([])
})

test('imports are found in every form', () => {
  const text = `import 'a'\nimport type { B } from 'b'\nimport {\n  c,\n} from 'c'\nexport * from 'd'\nexport type { E } from 'e'\nconst f = await import('f')\n// import 'g'\n`
  expect(importsOf('x', text).map(({ from, isType }) => (isType ? `type ${from}` : from))).toEqual(['a', 'type b', 'c', 'd', 'type e', 'f'])
})
