import { existsSync, readFileSync } from 'node:fs'
import { TicketsError } from '@tickets/core'
import { suggestion } from '@tickets/core/internal'

/** What the page of errors says of a code. */
export interface ErrorText {
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
export function errorText(given: string): ErrorText {
  const texts = errorTexts(readFileSync(page(), 'utf8'))
  const code = given.toUpperCase()
  const text = texts.get(code)
  if (text === undefined) throw new TicketsError('OPTION_INVALID', `there is no error code "${given}". ${suggestion(code, [...texts.keys()])}`)
  return { code, text }
}

/** Returns the text below the heading of each code, without the addresses of links. */
export function errorTexts(markdown: string): Map<string, string> {
  const sections = markdown.split(/^#{2,3} /m).map((section) => section.split('\n'))
  const codes = sections.filter(([title = '']) => /^[A-Z][A-Z_]+$/.test(title))
  return new Map(
    codes.map(([code = '', ...lines]) => [
      code,
      lines
        .join('\n')
        .replaceAll(/\[([^\]]+)\]\([^)\s]+\)/g, '$1')
        .trim(),
    ]),
  )
}
