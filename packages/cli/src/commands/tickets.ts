import { isTicketsError, messageOf } from '@tickets/core'
import { guardOutput } from '@tickets/core/node'
import { Command } from 'commander'
import { HELP_TEXT, quiet } from '../config/help.ts'
import { type CommandDefinition, commandOf, runCommand } from './command.ts'
import { compactCommand } from './compact.ts'
import { deadlettersCommand } from './deadletters.ts'
import { devCommand } from './dev.ts'
import { doctorCommand, explainCommand } from './doctor.ts'
import { feedsCommand } from './feeds.ts'
import { inspectCommand } from './inspect.ts'
import { logCommand } from './log.ts'
import { personalCommand } from './personal.ts'
import { produceCommand } from './produce.ts'
import { resetCommand } from './reset.ts'
import { dashboardCommand, runModuleCommand } from './run.ts'
import { sizeCommand } from './size.ts'
import { topicCommand } from './topic.ts'

/** Settings of `ticketsCli`. */
export interface TicketsCliOptions {
  /** The command line without the program; that of the process by default. */
  readonly argv?: readonly string[]
  /** Receives the output; stdout by default. */
  readonly print?: (text: string) => void
  /** Receives errors, one line each; stderr by default. */
  readonly printError?: (text: string) => void
}

/** Returns the definitions of all commands, in the order of the help. */
export function commands(print: (text: string) => void): readonly CommandDefinition<never>[] {
  const io = { print }
  const all = [
    runModuleCommand(io),
    dashboardCommand(io),
    feedsCommand(io),
    devCommand(io),
    doctorCommand(io),
    explainCommand(io),
    logCommand(io),
    resetCommand(io),
    deadlettersCommand(io),
    inspectCommand(io),
    personalCommand(io),
    compactCommand(io),
    topicCommand(io),
    produceCommand(io),
    sizeCommand(io),
  ]
  return all as readonly unknown[] as readonly CommandDefinition<never>[]
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
  for (const definition of commands(print)) program.addCommand(commandOf(definition, words, ended))
  try {
    await runCommand(program, words.length === 0 ? ['--help'] : words, print)
    return code
  } catch (error) {
    const message = messageOf(error).replaceAll(/\s*\n\s*/g, ' ')
    printError(`error ${isTicketsError(error) ? error.code : 'UNEXPECTED'}: ${message}\n`)
    return 1
  }
}
