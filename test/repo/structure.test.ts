import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, tracked } from './files.ts'
import { cycles, folderEdges, isSource, sourceGraph } from './graph.ts'

const graph = sourceGraph()
const lines = (path: string) => read(path).split('\n').length - 1

test('finds a cycle between files, and one between folders', () => {
  const edges = [
    { from: 'a/x', to: 'b/y' },
    { from: 'b/y', to: 'a/z' },
    { from: 'c/u', to: 'a/x' },
  ]
  expect(cycles(edges)).toEqual([])
  expect(cycles(folderEdges(edges))).toEqual([['a', 'b']])
})

describe('imports, types included', () => {
  test('no cycle between files', () => {
    expect(graph.edges.length).toBeGreaterThan(500)
    expect(cycles(graph.edges)).toEqual([])
  })

  test('no cycle between the folders of a package', () => {
    // The entries of a package stand beside its folders, and name what is exported.
    const isEntry = (path: string) => /^packages\/[^/]+\/src\/[^/]+$/.test(path)
    expect(cycles(folderEdges(graph.edges.filter(({ from }) => !isEntry(from))))).toEqual([])
  })
})

describe('folders', () => {
  /** One kind of thing a file, so that more of them are no harder to find. */
  const kinds = ['packages/core/src/operators', 'packages/core/src/aggregate']

  test('hold at most 15 sources, and more than one', () => {
    const sizes = new Map<string, number>()
    for (const path of graph.files) sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1)
    const wrong = [...sizes].filter(([folder, size]) => !kinds.includes(folder) && !/\/src$/.test(folder) && (size > 15 || size < 2))
    expect(wrong).toEqual([])
  })
})

describe('files', () => {
  test('each source has a spec of the same name beside it', () => {
    const specs = new Set(tracked.filter((path) => path.endsWith('.test.ts')))
    const bare = graph.files.filter((path) => hasCode(path) && !specs.has(path.replace(/\.ts$/, '.test.ts')))
    expect(bare).toEqual([])
  })

  test('a file below 25 lines is imported by more than one other, or has a reason', () => {
    const importers = new Map<string, number>()
    for (const { to } of graph.edges) importers.set(to, (importers.get(to) ?? 0) + 1)
    const small = graph.files.filter(
      (path) => lines(path) < 25 && !reasons.has(path) && (importers.get(path) ?? 0) < 2 && !/\/src\/[^/]+$/.test(path),
    )
    expect(small).toEqual([])
  })

  test('no source casts with `as unknown as`', () => {
    expect(graph.files.filter((path) => read(path).includes('as unknown as'))).toEqual([])
  })

  test('a record body is read in records alone', () => {
    const casts = graph.files.filter((path) => /\bbody as \w/.test(read(path)) && !path.startsWith('packages/core/src/records/'))
    expect(casts).toEqual([])
  })
})

/** Small files that stand alone on purpose: path → why. */
const reasons = new Map([
  ['packages/core/src/node/decode/start-worker.ts', 'its place decides where the thread is found'],
  ['packages/core/src/node/decode/worker.ts', 'the entry of a thread'],
  ['packages/core/src/node/output.ts', 'exported from the package'],
  ['packages/sinks/src/mysql/warehouse/migrate-warehouse.ts', 'exported from the package'],
  ['packages/core/src/operators/map-rows.ts', 'one operator, one file'],
  ['packages/core/src/operators/rows.ts', 'one operator, one file'],
  ['packages/core/src/window/global.ts', 'one window, one file'],
  ['packages/core/src/tickets/high-priority.ts', 'one operator, one file'],
  ['packages/core/src/testing/quick-clock.ts', 'exported from the package'],
  ['packages/core/src/schema/kernel/compiled.ts', 'made by scripts/kernels.ts'],
  ['packages/sinks/src/kernels/compiled.ts', 'made by scripts/kernels.ts'],
  ['packages/sinks/src/kernels/texts.ts', 'the twin of assembly/texts.ts'],
  ['packages/sinks/src/kernels/utf8.ts', 'the twin of assembly/utf8.ts'],
  ['packages/sinks/src/parquet/table-writer.ts', 'one encoder, one file'],
  ['packages/sinks/src/mysql/mysql-sink.ts', 'exported from the package'],
  ['packages/sinks/src/postgres/postgres.ts', 'exported from the package'],
  ['packages/sinks/src/postgres/postgres-sink.ts', 'exported from the package'],
])

/** Entries name exports, and a file of types has nothing to run. */
function hasCode(path: string): boolean {
  if (!isSource(path) || /\/src\/[^/]+$/.test(path)) return false
  const text = read(path)
  return /^(export )?(async )?(function|class|const|let)\b/m.test(text)
}
