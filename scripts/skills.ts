import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { commandList } from '../packages/cli/src/commands/list.ts'
import { publicEntries } from '../test/repo/exported.ts'
import { read, root, tracked } from '../test/repo/files.ts'
import { type Package, publicPackages } from './release/packages.ts'

// Writes packages/*/SKILL.md: what an agent has to know of a package, from its manifest, its README's first block, and the doc comments of its exports.

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
const entries = publicEntries()
const program = ts.createProgram(
  entries.map((path) => join(root, path)),
  options,
)
const checker = program.getTypeChecker()

/** Returns the skill of a package as the code is now. */
export function skillOf({ folder, manifest }: Package): string {
  const { name, description } = manifest
  const own = entries.filter((path) => path.startsWith(`packages/${folder}/src/`))
  const parts = own.map((path) => entryText(path, name)).filter((text) => text !== '')
  return `---

name: ${name.replace('@', '').replace('/', '-')}
description: ${JSON.stringify(`${description}. Use it for code that imports ${name}, or runs it.`)}
---

# ${name}

${description}.

${[startOf(folder, name), ...(folder === 'cli' ? [commandsText()] : []), ...parts, errorsText(folder)].filter((text) => text !== '').join('\n\n')}
`
}

/** Returns how to install it, with the first block of its README. */
function startOf(folder: string, name: string): string {
  const readme = read(`packages/${folder}/README.md`)
  const [block = ''] = /^```(ts|sh)\n[\s\S]*?^```/m.exec(readme) ?? []
  const [example = ''] = block.startsWith('```sh') ? (/^```ts\n[\s\S]*?^```/m.exec(readme) ?? []) : [block]
  const install = block.startsWith('```sh') ? block : `\`\`\`sh\nnpm i ${name}\n\`\`\``
  return `## Start\n\n${install}${example === '' ? '' : `\n\n${example}`}`
}

function commandsText(): string {
  const lines = commandList.map(({ name, usage, summary }) => `- \`${`tickets ${name} ${usage}`.trim()}\`: ${summary}.`)
  return `## Commands\n\nEach has \`--help\` and \`--json\`, and exits with 1 where it fails, with one line \`error CODE: message\`.\n\n${lines.join('\n')}`
}

/** Returns the exports of an entry, functions and values first, each with its sentence. */
function entryText(path: string, name: string): string {
  const file = program.getSourceFile(join(root, path))
  const module = file && checker.getSymbolAtLocation(file)
  if (!module) return ''
  const all = checker.getExportsOfModule(module).map((symbol) => ({ name: symbol.name, symbol: resolved(symbol) }))
  const isValue = ({ symbol }: (typeof all)[number]) => (symbol.flags & ts.SymbolFlags.Value) !== 0
  const line = ({ name, symbol }: (typeof all)[number]) =>
    `- \`${name}${parametersOf(symbol)}\`: ${sentenceOf(symbol)}${throwsOf(symbol)}${exampleOf(symbol)}`
  const lines = (some: typeof all) => some.map(line).sort().join('\n')
  const entry = path.endsWith('/index.ts') ? name : `${name}/${path.replace(/^.*\/src\//, '').replace('.ts', '')}`
  const types = all.filter((one) => !isValue(one))
  return `## \`${entry}\`\n\n${lines(all.filter(isValue))}${types.length > 0 ? `\n\nTypes:\n\n${lines(types)}` : ''}`
}

const resolved = (symbol: ts.Symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)

/** Returns the names of a function's parameters in parentheses; an empty text for anything else. */
function parametersOf(symbol: ts.Symbol): string {
  const [declaration] = symbol.declarations ?? []
  if (!declaration || !(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable))) return ''
  const [signature] = checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures()
  if (!signature) return ''
  const names = signature.getParameters().map((one) => {
    const own = one.valueDeclaration
    const isOptional = own && ts.isParameter(own) && (own.questionToken !== undefined || own.initializer !== undefined)
    return `${one.name.startsWith('__') ? 'options' : one.name}${isOptional ? '?' : ''}`
  })
  return `(${names.join(', ')})`
}

/** Returns the first sentence of a doc comment. */
function sentenceOf(symbol: ts.Symbol): string {
  const text =
    ts
      .displayPartsToString(symbol.getDocumentationComment(checker))
      .trim()
      .split(/\n\s*\n/)[0] ?? ''
  const plain = text.replaceAll(/\s+/g, ' ')
  return /^.*?[.](?= [A-Z`]|$)/.exec(plain)?.[0] ?? plain
}

const tagOf = (symbol: ts.Symbol, name: string): string =>
  ts.displayPartsToString(symbol.getJsDocTags(checker).find((tag) => tag.name === name)?.text).trim()

function throwsOf(symbol: ts.Symbol): string {
  const codes = new Set(tagOf(symbol, 'throws').match(/`[A-Z]+(_[A-Z]+)+`/g))
  return codes.size === 0 ? '' : ` Throws ${[...codes].join(', ')}.`
}

/** Returns the example of a doc comment where it is a single line. */
function exampleOf(symbol: ts.Symbol): string {
  const example = tagOf(symbol, 'example')
  return example === '' || /[\n`]/.test(example) ? '' : ` Example: \`${example}\``
}

/** Returns the codes of the errors that the package throws. */
function errorsText(folder: string): string {
  const sources = tracked.filter((path) => path.startsWith(`packages/${folder}/src/`) && path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path))
  const codes = new Set(sources.flatMap((path) => [...read(path).matchAll(/TicketsError\(\s*'([A-Z_]+)'/g)].map(([, code]) => `\`${code}\``)))
  if (codes.size === 0) return ''
  return `## Errors\n\nThrows errors with these codes: ${[...codes].sort().join(', ')}. \`npx tickets explain CODE\` says what each means and what to do.`
}

if (import.meta.main) for (const one of publicPackages()) writeFileSync(join(root, 'packages', one.folder, 'SKILL.md'), skillOf(one))
