import { existsSync, readFileSync } from 'node:fs'
import { suggestion, TicketsError } from '@tickets/core/command-line'
import * as z from 'zod'
import type { CommandDefinition } from '../program/command.ts'

const flags = z.object({ json: z.boolean().default(false).describe('print the code and its text as a JSON object') })

/** Makes the command `explain`, which says what an error code means and what to do. It needs no network. */
export const explainCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'explain',
  description: 'Say what an error code means and what to do about it, without a network.',
  examples: ['tickets explain LOG_GONE', 'tickets explain target_owned --json'],
  arguments: [['<code>', 'what stands after "error" in the line of an error, in capitals or not']],
  flags,
  prefix: 'TICKETS_EXPLAIN_',
  async run([given = ''], { json }) {
    const found = errorText(given)
    print(json ? `${JSON.stringify(found)}\n` : `${found.code}\n\n${found.text}\n`)
    return 0
  },
})

/** What the page of errors says of a code. */
interface ErrorText {
  readonly code: string
  readonly text: string
}

/** The build puts the page of the docs beside the program; from the sources it is read where it stands. */
const page = (): URL =>
  ['./errors.md', '../../../../docs/reference/errors.md'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url)) ??
  new URL('./errors.md', import.meta.url)

/**
 * Finds what the page of errors says of a code, in capitals or not.
 *
 * @throws `OPTION_INVALID` for a code that is not there, naming the nearest one
 */
function errorText(given: string): ErrorText {
  const texts = errorTexts(readFileSync(page(), 'utf8'))
  const code = given.toUpperCase()
  const text = texts.get(code)
  if (text === undefined) throw new TicketsError('OPTION_INVALID', `there is no error code "${given}". ${suggestion(code, [...texts.keys()])}`)
  return { code, text }
}

/** Returns the text below the heading of each code, without the addresses of links, and with messages set in. */
export function errorTexts(markdown: string): Map<string, string> {
  const sections = markdown.split(/^#{2,3} /m).map((section) => section.split('\n'))
  const codes = sections.filter(([title = '']) => /^[A-Z][A-Z_]+$/.test(title))
  return new Map(
    codes.map(([code = '', ...lines]) => [
      code,
      lines
        .join('\n')
        .replaceAll(/\[([^\]]+)\]\([^)\s]+\)/g, '$1')
        .replaceAll(/```text\n([\s\S]*?)\n```/g, (_, block: string) => block.replaceAll(/^/gm, '  '))
        .trim(),
    ]),
  )
}
