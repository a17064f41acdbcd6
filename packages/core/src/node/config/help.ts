import type { $ZodObject } from 'zod/v4/core'
import { type Setting, settingsOf } from './settings.ts'

/** How a program and its environment are called. */
export interface ConfigNames {
  /** The program's name in `--help`; `program` by default. */
  readonly name?: string
  /** One sentence on what it does. */
  readonly description?: string
  /** What the names in the environment and `.env` begin with, such as `TICKETS_`. With one, unknown names that begin so are refused. */
  readonly prefix?: string
}

const flagOf = ({ flag, kind, isSecret, placeholder }: Setting) =>
  isSecret ? `--${flag}-file <path>` : kind.is === 'boolean' ? `--${flag}` : `--${flag} <${placeholder}>`

const noteOf = ({ isRequired, fallback, kind }: Setting) =>
  isRequired ? 'required' : fallback === null || (kind.is === 'boolean' && fallback === 'false') ? '' : `default ${fallback}`

/**
 * The text of `--help`: every value with its flag, its name in the environment, its default and its description. No value of a secret, its
 * default included, is in it.
 *
 * @example
 * configHelp(z.object({ rate: z.int().default(0).describe('tickets a second') }), { name: 'produce' })
 * // Usage: produce [flags] … --rate <number>  tickets a second (RATE; default 0)
 */
export function configHelp(schema: $ZodObject, { name = 'program', description, prefix = '' }: ConfigNames = {}): string {
  const settings = settingsOf(schema, prefix)
  const rows = settings.map((setting) => {
    const names = setting.isSecret ? `${setting.env} or ${setting.env}_FILE` : setting.env
    const notes = [names, noteOf(setting)].filter((note) => note !== '').join('; ')
    return [flagOf(setting), `${setting.description} (${notes})`.trimStart()] as const
  })
  rows.push(['--help', 'show this, and exit'])
  const width = Math.min(40, Math.max(...rows.map(([flag]) => flag.length)))
  const lines = rows.map(([flag, text]) => (flag.length > width ? `  ${flag}\n${' '.repeat(width + 4)}${text}` : `  ${flag.padEnd(width)}  ${text}`))
  const head = [`Usage: ${name} [flags]`, ...(description ? ['', description] : [])]
  return `${[...head, '', 'Flags (and the same in the environment or .env):', ...lines, '', 'A flag beats the environment, which beats .env.'].join('\n')}\n`
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/**
 * The same as a Markdown table, for documentation that is generated.
 *
 * @example
 * configMarkdown(z.object({ rate: z.int().default(0).describe('tickets a second') }))
 * // | flag              | environment | default | meaning          | …
 */
export function configMarkdown(schema: $ZodObject, { prefix = '' }: ConfigNames = {}): string {
  const rows = settingsOf(schema, prefix).map((setting) => {
    const env = setting.isSecret ? `\`${setting.env}\`, \`${setting.env}_FILE\`` : `\`${setting.env}\``
    const fallback = setting.isRequired ? 'required' : setting.fallback === null ? '' : `\`${setting.fallback}\``
    return [`\`${flagOf(setting)}\``, env, fallback, setting.description].map(cell)
  })
  const head = ['flag', 'environment', 'default', 'meaning']
  const widths = head.map((title, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? title.length)))
  const line = (cells: readonly string[], fill = ' ') => `| ${cells.map((text, i) => text.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`
  const dashes = head.map(() => '')
  return `${[line(head), line(dashes, '-'), ...rows.map((row) => line(row))].join('\n')}\n`
}
