import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configMarkdown } from '../config/help.ts'
import { ticketsCli } from '../tickets.ts'
import { commandList } from './list.ts'

const page = readFileSync(new URL('../../../../docs/operations/commands.md', import.meta.url), 'utf8')
const section = (name: string) => page.split(/^## /m).find((text) => text.startsWith(`tickets ${name}\n`)) ?? ''
/** The command lines in the blocks of a shell, without what is behind a pipe or a comment. */
const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
  block.split('\n').map((line) => line.replace(/ *[#|].*$/, '')),
)

test.each(commandList.map((one) => [one.name, one] as const))('the page has the flags of %s as they are', async (name, one) => {
  const { flags, prefix } = await one.load({ print: () => {} })
  expect(section(name)).toContain(configMarkdown(flags, { prefix }))
})

test('the page names no command that is not there', () => {
  const known = commandList.map(({ name }) => name)
  expect([...page.matchAll(/^## tickets (\S+)$/gm)].map(([, name]) => name).sort()).toEqual([...known].sort())
})

test.each(lines.filter((line) => line.startsWith('tickets ')))('%s is a command line that is accepted', async (line) => {
  let out = ''
  const print = (text: string) => {
    out += text
  }
  // With --help it is parsed and runs nothing. What is wrong is found by reading the help: each flag of the line must be in it.
  expect(await ticketsCli({ argv: [...line.split(' ').slice(1), '--help'], print, printError: print }), out).toBe(0)
  for (const [flag] of line.matchAll(/--[a-z-]+/g)) expect(out).toContain(` ${flag}`)
})
