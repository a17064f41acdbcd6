import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { root } from './files.ts'

/** One import from a source file to another of the same package; paths from the root of the repository. */
export interface Edge {
  readonly from: string
  readonly to: string
}

export interface SourceGraph {
  /** The sources of the packages, tests and fixtures left out. */
  readonly files: readonly string[]
  readonly edges: readonly Edge[]
}

/** Whether a path is a source of a package, and no test, fixture or declaration. */
export const isSource = (path: string): boolean => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !/\.(test|fixture|test-d|d)\.ts$/.test(path)

/**
 * Returns the imports between the sources of each package as the TypeScript program resolves them, type imports included.
 *
 * @example
 * sourceGraph().edges[0] // { from: 'packages/core/src/aggregate/count.ts', to: 'packages/core/src/aggregate/aggregate.ts' }
 */
export function sourceGraph(): SourceGraph {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(fileNames, options)
  const relative = (path: string) => path.slice(root.length + 1)
  const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(root) && isSource(relative(fileName)))
  const edges = files.flatMap((file) => {
    const from = relative(file.fileName)
    const named = specifiersOf(file).filter((name) => name.startsWith('.'))
    return named.map((name) => ({ from, to: relative(resolve(dirname(file.fileName), name)) })).filter(({ to }) => existsSync(join(root, to)))
  })
  return { files: files.map(({ fileName }) => relative(fileName)), edges }
}

function specifiersOf(file: ts.SourceFile): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
      found.push(node.moduleSpecifier.text)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      found.push(node.argument.literal.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [path] = node.arguments
      if (path && ts.isStringLiteral(path)) found.push(path.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/**
 * Returns the groups of nodes that reach each other: each is a cycle.
 *
 * @example
 * cycles([{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }]) // [['a', 'b']]
 */
export function cycles(edges: readonly Edge[]): string[][] {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of edges) {
    if (from === to) continue
    next.set(from, (next.get(from) ?? new Set()).add(to))
  }
  const reach = (start: string) => {
    const seen = new Set<string>()
    const open = [...(next.get(start) ?? [])]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) continue
      seen.add(node)
      open.push(...(next.get(node) ?? []))
    }
    return seen
  }
  const reached = new Map([...next.keys()].map((node) => [node, reach(node)] as const))
  const found = new Map<string, string[]>()
  for (const [node, seen] of reached) {
    if (!seen.has(node)) continue
    const group = [...seen].filter((other) => reached.get(other)?.has(node)).sort()
    found.set(group.join(), group)
  }
  return [...found.values()]
}

/** The folder edges of a graph. */
export const folderEdges = (edges: readonly Edge[]): Edge[] => edges.map(({ from, to }) => ({ from: dirname(from), to: dirname(to) }))
