import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { read, root } from './files.ts'
import { isSource } from './graph.ts'

/** What a source exports, with its doc comment. */
export interface Exported {
  readonly path: string
  readonly name: string
  readonly isFunction: boolean
  /** The text of the doc comment before its tags; empty if there is none. */
  readonly comment: string
  /** Whether a public entry of a package exports it. */
  readonly isPublic: boolean
}

/** Returns the sources of the entries that a package's `exports` name, without workers, from the root of the repository. */
export function publicEntries(): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const { exports = {} } = JSON.parse(read(`packages/${name}/package.json`)) as { exports?: Readonly<Record<string, unknown>> }
    const entries = Object.keys(exports).filter(
      (entry) => !/\.(js|json)$/.test(entry) && !['./command-line', './internal', './kernels'].includes(entry),
    )
    return entries.map((entry) => `packages/${name}/src/${entry === '.' ? 'index' : entry.slice(2)}.ts`)
  })
}

/**
 * Returns the exports of all sources of the packages, as the TypeScript program sees them. A constant that holds a function counts as a function.
 *
 * @example
 * exported()[0] // { path: 'packages/core/src/aggregate/count.ts', name: 'count', isFunction: true, comment: 'Counts rows.', isPublic: true }
 */
export function exported(): Exported[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(fileNames, options)
  const checker = program.getTypeChecker()
  const relative = (path: string) => path.slice(root.length + 1)
  const exportsOf = (path: string): ts.Symbol[] => {
    const file = program.getSourceFile(join(root, path))
    const module = file && checker.getSymbolAtLocation(file)
    const all = module ? checker.getExportsOfModule(module) : []
    return all.map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
  }
  const open = new Set(publicEntries().flatMap(exportsOf))
  const found = new Map<ts.Symbol, Exported>()
  for (const { fileName } of program.getSourceFiles()) {
    if (!fileName.startsWith(root) || !isSource(relative(fileName))) continue
    for (const symbol of exportsOf(relative(fileName))) {
      const [declaration] = symbol.declarations ?? []
      const path = declaration && relative(declaration.getSourceFile().fileName)
      if (!path || !isSource(path)) continue
      const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
      const isFunction = !!symbol.declarations?.some(holdsFunction)
      found.set(symbol, { path, name: symbol.name, isFunction, comment, isPublic: open.has(symbol) })
    }
  }
  return [...found.values()]
}

const holdsFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  (ts.isVariableDeclaration(node) && !!node.initializer && (ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer)))
