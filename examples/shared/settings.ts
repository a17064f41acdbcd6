import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { TicketsError } from '@tickets/core'
import type { FileFormat } from '@tickets/sinks'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

/** What an example can be told, by `.env`, the environment or flags. */
export interface Settings {
  brokers: string[] | undefined
  topic: string
  rate: number
  tickets: number
  seed: number
  input: string | undefined
  output: string
  format: FileFormat
  resume: boolean
  json: boolean
  verbose: boolean
}

const whole = (text: string): number => {
  const value = Number(text.replaceAll('_', ''))
  if (!/^[\d_]+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It is a whole number from 0.')
  return value
}

const list = (text: string): string[] => {
  const brokers = text.split(',').map((broker) => broker.trim())
  if (brokers.some((broker) => !/^[^\s:]+:\d+$|^\[[^\]]+\]:\d+$/.test(broker)))
    throw new InvalidArgumentError('It is host:port, or several with commas.')
  return brokers
}

const option = (flags: string, description: string, name: string) => new Option(flags, description).env(name)

/** All flags; each has the same name in every example and, in capitals, in the environment and `.env`. */
const options = {
  brokers: () => option('--brokers <host:port,…>', 'Kafka brokers', 'BROKERS').argParser(list),
  topic: () => option('--topic <name>', 'Kafka topic', 'TOPIC').default('client_tickets'),
  rate: () => option('--rate <number>', 'tickets a second, 0 for as fast as it goes', 'RATE').argParser(whole).default(0),
  tickets: () => option('--tickets <number>', 'how many tickets to generate', 'TICKETS').argParser(whole).default(100_000),
  seed: () => option('--seed <number>', 'the same seed gives the same tickets', 'SEED').argParser(whole).default(1),
  input: () => option('--input <file>', 'a JSON Lines file of tickets', 'INPUT'),
  output: () => option('--output <path>', 'where to write', 'OUTPUT').default('data/output'),
  format: () => option('--format <name>', 'file format', 'FORMAT').choices(['parquet', 'arrow', 'json', 'csv']).default('parquet'),
  resume: () => new Option('--resume', 'go on where the last run stopped'),
  json: () => new Option('--json', 'print the summary as one JSON object on the last line'),
}

export type Flag = keyof typeof options

/**
 * Reads the flags of an example: `.env` in the working directory is overruled by the environment, and that by flags.
 *
 * @throws `OPTION_INVALID` for an unknown flag or a value that is none
 * @example
 * settings('produce', 'Sends tickets', ['brokers', 'tickets']).tickets // 100000
 */
export function settings(name: string, description: string, flags: readonly Flag[], defaults: Partial<Settings> = {}): Settings {
  const program = new Command(name)
    .description(description)
    .option('--verbose', 'show the stack of an error', false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
  for (const flag of flags) {
    const one = options[flag]()
    if (flag in defaults) one.default(defaults[flag])
    program.addOption(one)
  }
  try {
    readDotEnv(program)
    // `pnpm demo -- --json` passes the dashes on.
    program.parse(
      process.argv.slice(2).filter((arg) => arg !== '--'),
      { from: 'user' },
    )
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) process.exit(0)
    throw new TicketsError('OPTION_INVALID', error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' '), { cause: error })
  }
  const found = program.opts<Settings>()
  if (found.brokers && found.input) choose(program, found)
  return found
}

function readDotEnv(program: Command): void {
  if (!existsSync('.env')) return
  const values = parseEnv(readFileSync('.env', 'utf8'))
  for (const one of program.options) {
    const text = one.envVar && values[one.envVar]
    if (!text) continue
    try {
      const value = one.parseArg ? one.parseArg(text, undefined) : text
      program.setOptionValueWithSource(one.attributeName(), value, 'config')
    } catch (error) {
      throw new TicketsError('OPTION_INVALID', `${one.envVar}=${text} in .env is invalid. ${(error as Error).message}`, { cause: error })
    }
  }
}

/** Tickets come from one place: a flag beats the environment, which beats `.env`. */
function choose(program: Command, found: Settings): void {
  const rank = (key: string) => ['config', 'env', 'cli'].indexOf(program.getOptionValueSource(key) ?? '')
  const [brokers, input] = [rank('brokers'), rank('input')]
  if (brokers === input) throw new TicketsError('OPTION_INVALID', '--brokers and --input are both given: tickets come from one of them')
  if (brokers > input) found.input = undefined
  else found.brokers = undefined
}
