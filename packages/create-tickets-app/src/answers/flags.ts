import { parseArgs } from 'node:util'
import { Refusal } from '../refusal.ts'
import { type Choices, nameIn, type SinkName, sinks, sources, type TemplateName, templates } from './choices.ts'

/** What the command line says. */
export interface Flags {
  /** The folder; undefined where none is given. */
  readonly folder: string | undefined
  /** The choices that it names. */
  readonly given: Partial<Choices>
  readonly template: TemplateName
  /** Asks nothing. */
  readonly yes: boolean
  readonly install: boolean
  readonly start: boolean
  readonly help: boolean
  readonly version: boolean
}

const options = {
  template: { type: 'string' },
  source: { type: 'string' },
  sinks: { type: 'string' },
  dashboard: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  install: { type: 'boolean' },
  start: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

export const HELP = `Creates a project with a pipeline, a schema, a tested window and Parquet files that DuckDB reads.

Usage: npm create tickets-app@latest [folder] -- [flags]

  --template <name>  ${Object.keys(templates).join(', ')}: answers of a usual project; file by default
  --source <name>    where orders come from: ${sources.join(', ')}
  --sinks <names>    what is written besides Parquet: ${sinks.join(', ')}; several with commas
  --dashboard        adds a page that shows the pipeline; --no-dashboard leaves it out
  --yes, -y          asks nothing; without a terminal nothing is asked either
  --no-install       writes the project only
  --no-start         does not run it after the install
  --help, --version

Exit codes: 0 done; 1 failed, with one line "error: message" on stderr; 130 stopped by Ctrl-C.
`

/** Reads the command line. Throws a `Refusal` that says what to write instead. */
export function readFlags(argv: readonly string[]): Flags {
  const { values, positionals } = parsed(argv)
  if (positionals.length > 1) throw new Refusal(`one folder at a time, got ${positionals.join(', ')}`)
  const template = nameIn(Object.keys(templates) as TemplateName[], values.template ?? 'file', 'template')
  const base = values.template === undefined ? {} : templates[template]
  return {
    folder: positionals[0],
    template,
    given: {
      ...base,
      ...(values.source === undefined ? {} : { source: nameIn(sources, values.source, 'source') }),
      ...(values.sinks === undefined ? {} : { sinks: sinksIn(values.sinks) }),
      ...(values.dashboard === undefined ? {} : { dashboard: values.dashboard }),
    },
    yes: values.yes ?? false,
    install: values.install ?? true,
    start: values.start ?? true,
    help: values.help ?? false,
    version: values.version ?? false,
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, allowNegative: true })
  } catch (error) {
    const [, flag] = /'(-{1,2}[\w-]+)/.exec((error as Error).message) ?? []
    const known = Object.keys(options).map((name) => `--${name}`)
    if ((error as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new Refusal(`there is no flag ${flag}: choose ${known.join(', ')}`, { cause: error })
    throw new Refusal(`${(error as Error).message.split('\n')[0]}. See --help`, { cause: error })
  }
}

/** Parquet is always there, and may be named. */
const sinksIn = (text: string): SinkName[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== 'parquet')
      .map((name) => nameIn(sinks, name, 'sink')),
  ),
]
