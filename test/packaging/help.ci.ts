import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandList } from '../../packages/cli/src/commands/list.ts'
import { root } from '../repo/files.ts'

/** Prints the names of the packages that a program loads, behind its own output. */
const watch = `
import { registerHooks } from 'node:module'
const names = new Set()
registerHooks({
  load(url, context, next) {
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? []
    if (name) names.add(name)
    return next(url, context)
  },
})
process.on('exit', () => process.stdout.write('\\nloaded ' + [...names].sort().join(' ') + '\\n'))`

function loadedBy(...words: string[]): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(watch)}`
  const out = execFileSync(process.execPath, ['--import', hook, join(root, 'packages/cli/dist/bin.js'), ...words], { encoding: 'utf8' })
  return (/\nloaded (.*)\n$/.exec(out)?.[1] ?? '').split(' ')
}

test('the list of commands loads no more than the parser of command lines and the nearest names', () => {
  expect(loadedBy('--help')).toEqual(['commander', 'fastest-levenshtein'])
})

test.each(commandList.map(({ name }) => name))('the help of %s loads zod for its flags, and neither the engine nor Kafka', (name) => {
  expect(loadedBy(name, '--help')).toEqual(['commander', 'fastest-levenshtein', 'zod'])
})
