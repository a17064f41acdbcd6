import { Command } from 'commander'
import type { $ZodObject } from 'zod/v4/core'
import { declareFlags, flagOf } from './flags.ts'
import { HELP_TEXT, quiet } from './quiet.ts'
import { settingsOf } from './settings.ts'

/** Names a program and its variables in the environment. */
export interface ConfigNames {
  /** The program's name in `--help`; `program` by default. */
  readonly name?: string
  /** One sentence on what it does. */
  readonly description?: string
  /** What the names in the environment and `.env` begin with, such as `TICKETS_`. With one, unknown names that begin so are refused. */
  readonly prefix?: string
}

/**
 * Returns the text of `--help`: every value with its flag, its name in the environment, its default and its description. It never contains a
 * secret, not even its default.
 *
 * @example
 * configHelp(z.object({ rate: z.int().default(0).describe('tickets a second') }), { name: 'produce' })
 * // Usage: produce [flags] … --rate <number>  tickets a second (RATE; default 0)
 */
export function configHelp(schema: $ZodObject, names: ConfigNames = {}): string {
  const command = configCommand(names)
  declareFlags(command, settingsOf(schema, names.prefix ?? ''), [])
  return command.helpInformation()
}

/** Makes the command of a program that takes flags alone. It prints nothing and never ends the process. */
export function configCommand({ name = 'program', description }: ConfigNames): Command {
  return quiet(new Command(name))
    .usage('[flags]')
    .description(description ?? '')
    .helpOption('--help', HELP_TEXT)
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', '\nThe name in parentheses sets a flag in the environment or in .env. A flag beats the environment, which beats .env.')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/**
 * Returns the same as a Markdown table, for generated documentation.
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
