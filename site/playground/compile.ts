/** What a pipeline of the playground exports. */
export interface Exported {
  default?: unknown
  schema?: unknown
  options?: unknown
}

/** Modules that code of the playground may import: name → what it exports. */
export type Modules = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Returns a module of plain JavaScript as a body for a function, line by line as it was, so that errors name its lines.
 *
 * @example
 * bodyOf("import { count } from '@tickets/core'") // "const { count } = modules('@tickets/core')"
 */
export function bodyOf(code: string): string {
  return code
    .replaceAll(/^import\s*\{([^}]*)\}\s*from\s*(['"])([^'"\n]+)\2/gm, (_, names: string, quote: string, from: string) => {
      return `const {${names.replaceAll(/\s+as\s+/g, ': ')}} = modules(${quote}${from}${quote})`
    })
    .replaceAll(/^export\s+default\s+/gm, 'exported.default = ')
    .replaceAll(/^export\s+const\s+(\w+)\s*=/gm, 'const $1 = exported.$1 =')
}

/**
 * Runs a module and returns its exports.
 *
 * @throws what the module throws, a SyntaxError, or an Error for an import that the playground does not have
 */
export function load(code: string, modules: Modules): Exported {
  const exported: Exported = {}
  const find = (name: string) => {
    const found = modules[name]
    if (!found) throw new Error(`the playground has no ${JSON.stringify(name)}: it has ${Object.keys(modules).join(', ')}`)
    return found
  }
  const run = new Function('modules', 'exported', `"use strict"; ${bodyOf(code)}`) as (modules: typeof find, exported: Exported) => void
  run(find, exported)
  return exported
}
