import ts from 'typescript'
import { expect, test } from 'vitest'
import { read } from './files.ts'
import { isSource, sourceGraph } from './graph.ts'

const folder = 'packages/core/src/tickets/'
const entries = ['packages/core/src/index.ts', 'packages/core/src/arrow.ts']

/** Files that need more than a user has, and why. */
const reasons = new Map([
  ['packages/core/src/tickets/generator/ticket-maker.ts', 'writes tickets into columns, a hundred times as fast as rows'],
  ['packages/core/src/tickets/generator/generator.ts', 'the clock on the wall, which tests replace'],
])

/** The names that a text takes from files outside of the folder, or from packages, each with where it is from. */
function importedIn(path: string, text: string): { name: string; from: string }[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    const from = (moduleSpecifier as ts.StringLiteral).text
    const bindings = importClause?.namedBindings
    if (!bindings || !ts.isNamedImports(bindings)) return [{ name: '*', from }]
    return bindings.elements.map(({ name, propertyName }) => ({ name: (propertyName ?? name).text, from }))
  })
}

/** The names that the entries for users export. */
const exported = new Set(
  entries.flatMap((path) =>
    ts
      .createSourceFile(path, read(path), ts.ScriptTarget.Latest)
      .statements.filter(ts.isExportDeclaration)
      .flatMap(({ exportClause }) => (exportClause && ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : [])),
  ),
)

/** What of a text is no public part: names of core that no entry exports, and packages that users need not have. */
function privateIn(path: string, text: string): string[] {
  const own = (from: string) => /^\.\/|^\.\.\/ticket\.ts$/.test(from)
  const isPublic = ({ name, from }: { name: string; from: string }) =>
    from.startsWith('.') ? own(from) || exported.has(name) : ['rxjs', 'zod'].includes(from)
  return importedIn(path, text)
    .filter((one) => !isPublic(one))
    .map(({ name, from }) => `${path}: ${name} from ${from}`)
}

test('finds names that no entry exports, and packages that users need not have', () => {
  const text = `import { makeData } from 'apache-arrow'\nimport * as z from 'zod'\nimport { type Batch, internals as inner } from '../batch/batch.ts'\nimport { Ticket } from './ticket.ts'\n`
  expect(privateIn('x.ts', text)).toEqual(['x.ts: makeData from apache-arrow', 'x.ts: internals from ../batch/batch.ts'])
})

test('tickets are written with what core exports, so that they show how to write your own', () => {
  const files = sourceGraph().files.filter((path) => path.startsWith(folder) && isSource(path))
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((path) => !reasons.has(path)).flatMap((path) => privateIn(path, read(path)))).toEqual([])
  // A reason that no file needs any more goes.
  expect([...reasons.keys()].filter((path) => privateIn(path, read(path)).length === 0)).toEqual([])
})
