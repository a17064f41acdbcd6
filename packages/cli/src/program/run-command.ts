import { suggestion, TicketsError } from '@tickets/core/command-line'
import { type Command, CommanderError } from 'commander'

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
