import type { $ZodObject } from 'zod/v4/core'
import type { CommandDefinition } from '../program/command.ts'

/** What a command gets to work with. */
export interface CommandContext {
  readonly print: (text: string) => void
}

/** A command as the list of all shows it. Its flags and what it does are loaded once a command line names it. */
export interface ListedCommand {
  readonly name: string
  /** Its arguments as the list shows them, such as `<dir>`. */
  readonly usage: string
  /** One line for the list. */
  readonly summary: string
  load(context: CommandContext): Promise<CommandDefinition<$ZodObject>>
}

/** All commands, in the order of the help. */
export const commandList: readonly ListedCommand[] = [
  {
    name: 'run',
    usage: '<file>',
    summary: 'Run the pipeline or the feeds of a module',
    load: async (context) => (await import('./run.ts')).runModuleCommand(context),
  },
  {
    name: 'dashboard',
    usage: '<file>',
    summary: 'Run the pipeline or the feeds of a module with a dashboard',
    load: async (context) => (await import('./run.ts')).dashboardCommand(context),
  },
  {
    name: 'feeds',
    usage: '<command> [name...]',
    summary: 'Run several pipelines in one process, and control them',
    load: async (context) => (await import('./feeds.ts')).feedsCommand(context),
  },
  {
    name: 'dev',
    usage: '',
    summary: 'Watch windows of generated tickets, without a broker',
    load: async (context) => (await import('./dev.ts')).devCommand(context),
  },
  {
    name: 'doctor',
    usage: '',
    summary: 'Name what keeps a pipeline from running',
    load: async (context) => (await import('./doctor.ts')).doctorCommand(context),
  },
  {
    name: 'explain',
    usage: '<code>',
    summary: 'Say what an error code means, and what to do',
    load: async (context) => (await import('./explain.ts')).explainCommand(context),
  },
  {
    name: 'log',
    usage: '<log>',
    summary: 'Show where the tasks of a pipeline stand',
    load: async (context) => (await import('./log.ts')).logCommand(context),
  },
  {
    name: 'reset',
    usage: '<log>',
    summary: 'Start over: remove a commit log, safely',
    load: async (context) => (await import('./reset.ts')).resetCommand(context),
  },
  {
    name: 'deadletters',
    usage: '<command> <dir...>',
    summary: 'List, show and replay rejected messages',
    load: async (context) => (await import('./deadletters.ts')).deadlettersCommand(context),
  },
  {
    name: 'inspect',
    usage: '<dir>',
    summary: 'Show what a dataset holds',
    load: async (context) => (await import('./inspect.ts')).inspectCommand(context),
  },
  {
    name: 'personal',
    usage: '<file>',
    summary: 'List which sinks hold personal data',
    load: async (context) => (await import('./personal.ts')).personalCommand(context),
  },
  {
    name: 'compact',
    usage: '<dir>',
    summary: 'Merge the small files of a dataset',
    load: async (context) => (await import('./compact.ts')).compactCommand(context),
  },
  {
    name: 'topic',
    usage: '<command> <topic>',
    summary: 'Create a Kafka topic',
    load: async (context) => (await import('./topic.ts')).topicCommand(context),
  },
  {
    name: 'produce',
    usage: '<topic>',
    summary: 'Send generated tickets to a Kafka topic',
    load: async (context) => (await import('./produce.ts')).produceCommand(context),
  },
  {
    name: 'size',
    usage: '',
    summary: 'Compute what a pipeline needs',
    load: async (context) => (await import('./size.ts')).sizeCommand(context),
  },
]
