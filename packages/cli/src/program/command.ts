import { Command } from 'commander'
import type { $ZodObject, output } from 'zod/v4/core'
import { declareFlags } from '../config/flags.ts'
import { resolveConfig } from '../config/load-config.ts'
import { HELP_TEXT, quiet } from '../config/quiet.ts'
import { settingsOf } from '../config/settings.ts'

/** Defines one command of the command line. */
export interface CommandDefinition<Z extends $ZodObject> {
  readonly name: string
  readonly description: string
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
