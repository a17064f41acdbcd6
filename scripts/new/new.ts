// Writes a new operator, sink or source with its spec, page, export and changeset: pnpm new operator keep-first.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../test/repo/files.ts'
import { filesOf, kinds } from './files.ts'

const USAGE = `usage: pnpm new KIND NAME [--files]

KIND is ${Object.keys(kinds).join(', ')}; NAME is lower-case words with hyphens between, such as keep-first.
--files writes the files alone, and does not record the public interface and the sizes, nor write skills and llms.txt, which need a build`

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { files: { type: 'boolean' }, help: { type: 'boolean' } } })
  const [kind, name, ...more] = positionals
  if (values.help || kind === undefined || name === undefined || more.length > 0) {
    console.log(USAGE)
    process.exit(values.help ? 0 : 1)
  }
  const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null)
  const files = filesOf(kind, name, read)
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const run = (script: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  // Sorts the exports, and wraps lines that the name made too long.
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...files.keys())
  if (!values.files) {
    run('scripts/build.ts')
    run('node_modules/vitest/vitest.mjs', 'run', '--config', 'test/ci.config.ts', '--root', '.', 'test/packaging/surface.ci.ts', '-u')
    run('scripts/release/sizes.ts')
    run('scripts/gen.ts')
  }
  console.log([...files.keys()].join('\n'))
  console.log(`\nNext: make it do what you need, and run: npx -y pnpm@12 test ${[...files.keys()][1]}`)
} catch (error) {
  console.error(`error: ${(error as Error).message}`)
  process.exit(1)
}
