import { TicketsError } from '@tickets/core/command-line'
import * as z from 'zod'
import { loadDefault } from '../config/load-module.ts'
import { askFeeds } from '../feeds/control-client.ts'
import { controlServer, feedCommands } from '../feeds/control-server.ts'
import type { FeedStatus } from '../feeds/feed.ts'
import type { Feeds } from '../feeds/feeds.ts'
import { socketPath } from '../feeds/socket-path.ts'
import { type CommandDefinition, commandOf } from '../program/command.ts'
import { runCommand, unknownName } from '../program/run-command.ts'
import { columns } from '../text.ts'

/** Settings of `feedsCli`. */
export interface FeedsCliOptions {
  /** The command line without the program; that of the process by default. */
  readonly argv?: readonly string[]
  /** The configuration file, where `--config` names none; `feeds.config.ts` by default. */
  readonly config?: string
  /** Receives the output; stdout by default. */
  readonly print?: (text: string) => void
}

const usage = `Run several pipelines in one process, and control them from other terminals.

Commands:
  list                  show each feed, and its state where a process runs it
  start [name…]         run all feeds, or the named ones, until they end; Ctrl-C commits what was read first
  pause|resume <name…>  pause or resume feeds of the running process
  drain [name…]         commit what was read and end the named feeds, or all of them and their process`

/**
 * Runs the command line of feeds: `list`, `start`, `pause`, `resume`, `drain`. The configuration file exports `feeds({ … })` as its default.
 *
 * @returns the exit code: 0, or 1 where a feed has failed
 * @throws `OPTION_INVALID` for unknown commands, flags and feeds, with the nearest one
 * @example
 * process.exitCode = await feedsCli() // node feeds.ts list
 */
export async function feedsCli({
  argv = process.argv.slice(2),
  config = 'feeds.config.ts',
  print = (text) => void process.stdout.write(text),
}: FeedsCliOptions = {}): Promise<number> {
  let code = 0
  const words = argv.filter((word) => word !== '--')
  const program = commandOf(feedsCommand({ config, print }), words, (its) => {
    code = its
  })
  await runCommand(program, words.length === 0 ? ['--help'] : words, print)
  return code
}

const flagsOf = (config: string) =>
  z.object({
    config: z.string().default(config).describe('file that exports the feeds').meta({ placeholder: 'file' }),
    socket: z.string().optional().describe('control socket; by default a path made from the configuration file').meta({ placeholder: 'path' }),
    json: z.boolean().default(false).describe('print JSON'),
  })

/** Makes the command `feeds`, which runs feeds and controls them from other terminals. */
export function feedsCommand({
  config = 'feeds.config.ts',
  print,
}: {
  readonly config?: string
  readonly print: (text: string) => void
}): CommandDefinition<ReturnType<typeof flagsOf>> {
  return {
    name: 'feeds',
    description: usage,
    examples: ['tickets feeds start --config feeds.config.ts', 'tickets feeds list --json', 'tickets feeds pause lake'],
    arguments: [
      ['<command>', 'one of the commands above'],
      ['[name...]', 'names of feeds in the configuration'],
    ],
    flags: flagsOf(config),
    prefix: 'FEEDS_',
    async run([command = '', ...names], { config: file, socket: path, json }) {
      const known = ['list', ...feedCommands]
      if (!known.includes(command)) throw unknownName('command', command, known)
      const socket = path ?? socketPath(file)
      const show = (all: readonly FeedStatus[]) => print(json ? `${JSON.stringify(all)}\n` : table(all))
      if (command === 'start') return start(await load(file), socket, names, show)
      if (command === 'list') show((await askFeeds(socket, 'GET', '/feeds')) ?? (await load(file)).list())
      else show(await control(socket, file, command, names))
      return 0
    },
  }
}

/** Sends a command to the process that runs the feeds, and returns the statuses of all. */
async function control(socket: string, config: string, command: string, names: readonly string[]): Promise<readonly FeedStatus[]> {
  const running = await askFeeds(socket, 'GET', '/feeds')
  if (!running) throw new TicketsError('OPTION_INVALID', `no process runs the feeds of ${config}: start them first (start), with the same --config`)
  const all = running.map(({ name }) => name)
  if (names.length === 0 && command !== 'drain') throw new TicketsError('OPTION_INVALID', `${command} needs the name of a feed: ${all.join(', ')}`)
  const wrong = names.find((name) => !all.includes(name))
  if (wrong !== undefined) throw unknownName('feed', wrong, all)
  const asked = await Promise.all((names.length > 0 ? names : all).map((name) => askFeeds(socket, 'POST', `/feeds/${name}/${command}`)))
  // The process ends with its last feed, and may be gone before it has answered for all.
  return (await askFeeds(socket, 'GET', '/feeds').catch(() => null)) ?? asked.findLast((one) => one !== null) ?? running
}

async function start(all: Feeds, socket: string, names: readonly string[], show: (all: readonly FeedStatus[]) => void): Promise<number> {
  const wrong = names.find((name) => !all.names.includes(name))
  if (wrong !== undefined) throw unknownName('feed', wrong, all.names)
  const control = await controlServer(all, socket)
  try {
    const ended = await all.run(names.length > 0 ? { only: names } : {})
    show(ended)
    return ended.some(({ state }) => state === 'failed') ? 1 : 0
  } finally {
    await control.close()
  }
}

async function load(path: string): Promise<Feeds> {
  const { isFeeds } = await import('../feeds/feeds.ts')
  return loadDefault(path, '--config', 'feeds({ … })', isFeeds)
}

function table(all: readonly FeedStatus[]): string {
  const rows = all.map(({ name, state, rows, lag, restarts, error, description }) => [
    name,
    state,
    String(rows),
    lag === null ? '' : String(lag),
    String(restarts),
    error ? `${error.code}: ${error.message}` : description,
  ])
  return columns(['feed', 'state', 'rows', 'lag', 'restarts', ''], rows)
}
