import { guardOutput, isTicketsError, messageOf } from '@tickets/core/command-line'
import { Command } from 'commander'
import { type CommandContext, commandList, type ListedCommand } from './commands/list.ts'
import { HELP_TEXT, quiet } from './config/quiet.ts'
import { runCommand } from './program/run-command.ts'

/** Settings of `ticketsCli`. */
export interface TicketsCliOptions {
  /** The command line without the program; that of the process by default. */
  readonly argv?: readonly string[]
  /** Receives the output; stdout by default. */
  readonly print?: (text: string) => void
  /** Receives errors, one line each; stderr by default. */
  readonly printError?: (text: string) => void
}

const FOOTER = `
Run "tickets <command> --help" for its flags and examples.
Exit codes: 0 done; 1 failed, with one line "error CODE: message" on stderr.`

/**
 * Runs the `tickets` command. An error is one line, `error CODE: message`.
 *
 * @returns the exit code: 0 when done, 1 when something failed
 * @example
 * process.exitCode = await ticketsCli({ argv: ['inspect', 'data/tickets'] })
 */
export async function ticketsCli({
  argv = process.argv.slice(2),
  print = (text) => void process.stdout.write(text),
  printError = (text) => void process.stderr.write(text),
}: TicketsCliOptions = {}): Promise<number> {
  guardOutput()
  let code = 0
  const ended = (its: number) => {
    code = its
  }
  const words = argv.filter((word) => word !== '--')
  const program = quiet(new Command('tickets'))
    .description('Run pipelines and operate them: logs, datasets, dead letters.')
    .helpOption('--help', HELP_TEXT)
    .addHelpText('after', FOOTER)
  program.helpCommand('help [command]', 'Show the help of a command')
  const [first, second] = words.filter((word) => !word.startsWith('-'))
  const named = first === 'help' ? second : first
  try {
    for (const one of commandList) {
      const command = one.name === named ? await loaded(one, { print }, words, ended) : listed(one)
      program.addCommand(command.summary(one.summary))
    }
    await runCommand(program, words.length === 0 ? ['--help'] : words, print)
    return code
  } catch (error) {
    const message = messageOf(error).replaceAll(/\s*\n\s*/g, ' ')
    printError(`error ${isTicketsError(error) ? error.code : 'UNEXPECTED'}: ${message}\n`)
    return 1
  }
}

/** Makes a command that is only shown in the list. */
const listed = ({ name, usage }: ListedCommand): Command => quiet(new Command(name)).helpOption('--help', HELP_TEXT).arguments(usage)

/** Loads a command with its flags and what it does. */
async function loaded(one: ListedCommand, context: CommandContext, words: readonly string[], ended: (code: number) => void): Promise<Command> {
  const [{ commandOf }, definition] = await Promise.all([import('./program/command.ts'), one.load(context)])
  return commandOf(definition, words, ended)
}
