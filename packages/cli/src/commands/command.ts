import { TicketsError } from '@tickets/core'
import { suggestion } from '@tickets/core/internal'
import { Command, CommanderError } from 'commander'
import type { $ZodObject, output } from 'zod/v4/core'
import { declareFlags } from '../config/flags.ts'
import { HELP_TEXT, quiet } from '../config/help.ts'
import { resolveConfig } from '../config/load-config.ts'
import { settingsOf } from '../config/settings.ts'

/** Defines one command of the command line. */
export interface CommandDefinition<Z extends $ZodObject> {
  readonly name: string
  readonly description: string
  /** One line for the list of commands; the description by default. */
  readonly summary?: string
  /** Command lines that a user can copy. */
  readonly examples?: readonly string[]
  /** Arguments as commander writes them, such as `<dir>` or `[name...]`, with what each is. */
  readonly arguments: readonly (readonly [syntax: string, description: string])[]
  /** Its flags: names, types, defaults and help text come from this schema. */
  readonly flags: Z
  /** The beginning of its names in the environment, such as `TICKETS_INSPECT_`. */
  readonly prefix: string
  /** Does the work. Resolves to the exit code; undefined is 0. */
  run(args: readonly string[], flags: output<Z>): Promise<number | undefined>
}

/** Makes a commander command of a definition. `ended` receives the exit code. */
export function commandOf<Z extends $ZodObject>(definition: CommandDefinition<Z>, argv: readonly string[], ended: (code: number) => void): Command {
  const { name, description, prefix } = definition
  const settings = settingsOf(definition.flags, prefix)
  const command = quiet(new Command(name)).description(description).helpOption('--help', HELP_TEXT).allowUnknownOption().allowExcessArguments()
  if (definition.summary) command.summary(definition.summary)
  for (const [syntax, meaning] of definition.arguments) command.argument(syntax, meaning)
  const flags = declareFlags(command, settings, argv)
  const examples = definition.examples ? `\n\nExamples:\n${definition.examples.map((line) => `  ${line}`).join('\n')}` : ''
  command.addHelpText('after', `\nThe name in parentheses sets a flag in the environment. A flag beats the environment.${examples}`)
  return command.action(async () => {
    const isVariadic = definition.arguments.some(([syntax]) => syntax.includes('...'))
    const operands = command.args.filter((word) => !word.startsWith('-'))
    const expected = isVariadic ? operands : operands.slice(0, definition.arguments.length)
    flags.refuse(command.args.filter((word) => !expected.includes(word)))
    const config = resolveConfig(definition.flags, settings, flags, { prefix, envFile: null })
    ended((await definition.run(expected, config)) ?? 0)
  })
}

/**
 * Parses a command line and runs what it names.
 *
 * @param print takes the text of `--help`
 * @throws `OPTION_INVALID` for an unknown command, flag or value, naming the nearest one
 */
export async function runCommand(program: Command, argv: readonly string[], print: (text: string) => void): Promise<void> {
  const all = [program, ...program.commands]
  for (const command of all) command.configureOutput({ writeOut: print })
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (/^commander\.(help|helpDisplayed|version)$/.test(error.code)) return
    throw refused(error, program)
  }
}

/** Returns the error of a command, or another name, that is not there. It names the nearest one. */
export const unknownName = (what: string, name: string, known: readonly string[]): TicketsError =>
  new TicketsError('OPTION_INVALID', `there is no ${what} "${name}". ${suggestion(name, known)}`)

function refused({ code, message }: CommanderError, program: Command): TicketsError {
  const [, word = ''] = /'([^']*)'/.exec(message) ?? []
  const names = program.commands.map((command) => command.name())
  if (code === 'commander.unknownCommand') return unknownName('command', word, names)
  if (code === 'commander.missingArgument') return new TicketsError('OPTION_INVALID', `<${word}> is missing. See --help`)
  const [, flag = word, placeholder = 'value'] = /'(--[\w-]+) <(.*)>'/.exec(message) ?? []
  return new TicketsError('OPTION_INVALID', `${flag} needs a value, <${placeholder}>. See --help`)
}
