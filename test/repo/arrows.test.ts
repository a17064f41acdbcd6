import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { type Import, importsIn, importsOf } from './files.ts'
import { sourceGraph } from './graph.ts'

const core = 'packages/core/src'
const code = (name: string) => new RegExp(`^packages/${name}/src/(?!.*\\.(test|d)\\.ts$).*\\.ts$`)

/** Folders of core from the bottom up; one may import what stands before it, types included. Those of one line do not see each other, but for what `also` allows. */
const levels: readonly (readonly string[])[] = [
  ['base', 'kernels'],
  ['values'],
  ['store'],
  ['batch'],
  ['schema', 'time'],
  ['aggregate'],
  ['window'],
  ['connectors'],
  ['records'],
  ['merge'],
  ['dataflow', 'commit'],
  ['operators', 'tasks'],
  ['pipeline', 'tickets'],
  ['node', 'testing'],
]
const also: Readonly<Record<string, readonly string[]>> = { commit: ['dataflow'] }

const folderOf = (path: string) => relative(core, dirname(path)).split('/')[0] ?? ''
const target = ({ file, from }: Import) => join(dirname(file), from)
const isInside = ({ from }: Import) => from.startsWith('.')
const levelOf = (folder: string) => levels.findIndex((level) => level.includes(folder))

test('inside core, imports go downwards only, types included', () => {
  const wrong = sourceGraph()
    .edges.filter(({ from }) => from.startsWith(`${core}/`))
    .map(({ from, to }) => ({ from, to, folders: [folderOf(from), folderOf(to)] as const }))
    .filter(({ folders: [from, to] }) => from !== '' && from !== to && levelOf(to) >= levelOf(from) && !also[from]?.includes(to))
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
})

test('a folder of core that no rule knows is refused', () => {
  const folders = new Set(importsIn(code('core')).map(({ file }) => folderOf(file)))
  folders.delete('')
  expect([...folders].filter((folder) => levelOf(folder) < 0)).toEqual([])
})

test('operators and pipeline meet only in dataflow', () => {
  const known = importsIn(code('core')).filter(isInside)
  const upwards = known.filter((found) => folderOf(found.file) === 'operators' && ['commit', 'tasks', 'pipeline'].includes(folderOf(target(found))))
  expect(upwards).toEqual([])
  const downwards = known.filter((found) => ['commit', 'tasks', 'pipeline'].includes(folderOf(found.file)) && folderOf(target(found)) === 'operators')
  expect(downwards).toEqual([])
})

test('core imports nothing of Node outside of src/node', () => {
  const found = importsIn(code('core')).filter(({ file, from }) => from.startsWith('node:') && !file.startsWith(`${core}/node/`))
  expect(found).toEqual([])
  const viaNode = importsIn(code('core')).filter((i) => isInside(i) && folderOf(target(i)) === 'node' && folderOf(i.file) !== 'node')
  // Entries that need Node; only sibling packages import `command-line` and `internal`.
  expect(new Set(viaNode.map(({ file }) => file))).toEqual(new Set(['command-line', 'internal', 'node'].map((entry) => `${core}/${entry}.ts`)))
})

test('kafka-source → core ← sinks, core ← s3, core ← monitor: these never see each other', () => {
  const allowed = (found: Import, extra: RegExp) =>
    isInside(found) || /^(node:|@tickets\/core(\/(internal|kernels|node|arrow))?$)/.test(found.from) || extra.test(found.from)
  expect(
    importsIn(code('kafka-source')).filter(
      (found) => !allowed(found, /^(kafkajs|@platformatic\/kafka|snappy|lz4-napi|@node-rs\/crc32|avsc|protobufjs)(\/|$)/),
    ),
  ).toEqual([])
  expect(importsIn(code('sinks')).filter((found) => !allowed(found, /^(hyparquet|parquet-wasm|mysql2|pg)(\/|$)/))).toEqual([])
  expect(importsIn(code('s3')).filter((found) => !allowed(found, /^@aws-sdk\/client-s3$/))).toEqual([])
  expect(importsIn(code('monitor')).filter((found) => !allowed(found, /^(@opentelemetry\/api|uplot)$/))).toEqual([])
  // It writes projects that need the others, and needs none itself.
  expect(importsIn(code('create-tickets-app')).filter((found) => !isInside(found) && !/^(node:|@clack\/prompts$)/.test(found.from))).toEqual([])
  const outside = importsIn(/^packages\/[^/]+\/src\/(?!.*\.test\.ts$)/).filter(
    (found) => isInside(found) && !target(found).startsWith(found.file.split('/src/')[0] ?? ''),
  )
  expect(outside).toEqual([])
})

test.each([
  ['kafkajs', /^packages\/kafka-source\/src\/client\/kafkajs(-[a-z]+)?\.ts$/],
  ['@platformatic/kafka', /^packages\/kafka-source\/src\/client\/platformatic(-[a-z]+)?\.ts$/],
  ['snappy', /^packages\/kafka-source\/src\/protocol\/codecs\.ts$/],
  ['lz4-napi', /^packages\/kafka-source\/src\/protocol\/codecs\.ts$/],
  ['protobufjs', /^packages\/kafka-source\/src\/registry\/protobuf\//],
  ['avsc', /^packages\/kafka-source\/src\/registry\/avro\/(avro|types\.fixture)\.ts$/],
  ['@node-rs/crc32', /^packages\/kafka-source\/src\/protocol\/record-batch\.ts$/],
  ['@aws-sdk/client-s3', /^packages\/s3\/src\/client\/bucket\.ts$/],
  ['@opentelemetry/api', /^packages\/monitor\/src\/otel\//],
  ['uplot', /^packages\/monitor\/src\/page\/chart\.ts$/],
  ['parquet-wasm', /^packages\/sinks\/src\/(parquet\/parquet-wasm|lake\/formats\/parquet)\.ts$/],
  ['hyparquet', /^packages\/sinks\/src\/delta\/parquet-reader\.ts$/],
  ['mysql2', /^packages\/sinks\/src\/mysql\/client\.ts$/],
  ['pg', /^packages\/sinks\/src\/postgres\/client\.ts$/],
  ['apache-arrow', /^packages\/core\/src\/(batch|tickets|operators)\//],
  ['rxjs', /^packages\/core\/src\/(dataflow|operators|testing|tickets)\//],
  ['zod', /^(packages\/(core|cli)\/src\/|examples\/shared\/settings\.ts$)/],
  ['@noble/hashes', /^packages\/core\/src\/base\/keyed-hash\.ts$/],
  ['fastest-levenshtein', /^packages\/core\/src\/base\/nearest\.ts$/],
  ['@clack/prompts', /^(examples\/shared\/progress|packages\/create-tickets-app\/src\/answers\/questions)\.ts$/],
  ['commander', /^packages\/cli\/src\/(tickets\.ts$|(commands|config|program)\/)/],
  ['table', /^(packages\/cli\/src\/tables|examples\/shared\/summary)\.ts$/],
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
