import { TicketsError } from '@tickets/core/command-line'
import { type $ZodIssue, type $ZodObject, type $ZodType, type output, safeParse } from 'zod/v4/core'
import { readEnvFile, readSecret, readVariables } from './environment.ts'
import { declareFlags, type Flags } from './flags.ts'
import { type ConfigNames, configCommand } from './help.ts'
import type { RawValue } from './raw-value.ts'
import { type Setting, settingsOf } from './settings.ts'
import { fromText, wanted } from './text-kind.ts'

/** Where `loadConfig` reads from, and how it handles `--help`. */
export interface ConfigOptions extends ConfigNames {
  /** The command line without the program; that of the process by default. */
  readonly argv?: readonly string[]
  /** The environment; that of the process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The file that the environment overrules; `.env` in the working directory by default, null for none. It need not be there. */
  readonly envFile?: string | null
  /** Values of which one counts: the one given in the highest place. Two in one place are refused. */
  readonly oneOf?: readonly (readonly string[])[]
  /** What `--help` does with its text; by default it is printed, and the process ends. */
  readonly onHelp?: (text: string) => void
}

/**
 * Reads a configuration from `.env`, the environment and flags; flags win, then the environment. Each value of the schema has a flag (`maxRows` is
 * `--max-rows`) and a name in the environment (`MAX_ROWS`). Values of a nested object have its name as a prefix. Texts are converted to the schema's
 * types: numbers (`1_000` too), booleans, lists with commas, enums, durations (`durationText()`), instants, secrets (`secret()`).
 *
 * @throws `OPTION_INVALID` with all problems at once: wrong values, missing ones, unknown names with the nearest known one. It never contains a secret.
 * @example
 * loadConfig(z.object({ rate: z.int().min(0).default(0).describe('tickets a second') }), { name: 'produce', argv: ['--rate', '1_000'] }) // { rate: 1000 }
 */
export function loadConfig<Z extends $ZodObject>(schema: Z, options: ConfigOptions = {}): output<Z> {
  // `pnpm demo -- --json` passes the dashes on. Commands take flags only, so `--` has no meaning here.
  const argv = (options.argv ?? process.argv.slice(2)).filter((word) => word !== '--')
  const settings = settingsOf(schema, options.prefix ?? '')
  const command = configCommand(options)
  const flags = declareFlags(command, settings, argv)
  try {
    const { operands, unknown } = command.parseOptions([...argv])
    if (unknown.includes('--help') || unknown.includes('-h')) (options.onHelp ?? printHelp)(command.helpInformation())
    flags.refuse([...operands, ...unknown.filter((word) => word !== '--help' && word !== '-h')])
  } catch (error) {
    flags.note(error)
  }
  return resolveConfig(schema, settings, flags, options)
}

/** Puts flags, environment and `.env` together; see `loadConfig`. */
export function resolveConfig<Z extends $ZodObject>(schema: Z, settings: readonly Setting[], flags: Flags, options: ConfigOptions): output<Z> {
  const { prefix = '', env = process.env, envFile = '.env', oneOf = [] } = options
  const problems = [...flags.problems]
  const file = envFile === null ? {} : readEnvFile(envFile, problems)
  const places = [
    flags.values,
    readVariables(settings, env, { place: 'the environment', rank: 2, prefix, problems }),
    readVariables(settings, file, { place: envFile ?? '.env', rank: 1, prefix, problems }),
  ]
  const values = new Map<Setting, RawValue>()
  for (const setting of settings) {
    const found = places.map((place) => place.get(setting)).find((one) => one !== undefined)
    if (found) values.set(setting, found)
  }
  for (const group of oneOf) choose(settings, group, values, problems)
  const secrets: string[] = []
  const input = bare()
  for (const setting of settings) openGroups(schema, input, setting.path)
  for (const [setting, one] of values) {
    const text = one.file === undefined ? one.text : readSecret(one, problems)
    if (setting.isSecret && text) secrets.push(text)
    put(input, setting.path, text === null ? '?' : fromText(setting.kind, text))
  }
  const result = safeParse(schema, input)
  if (!result.success) for (const issue of result.error.issues) problems.push(told(issue, settings, values))
  if (result.success && problems.length === 0) return result.data as output<Z>
  throw refused([...new Set(problems)], secrets)
}

function printHelp(text: string): void {
  process.stdout.write(text)
  process.exit(0)
}

/** Without a prototype, so that a setting may be called `constructor`. */
const bare = (): Record<string, unknown> => Object.create(null)

/** Creates nested objects even without any given value, so that defaults apply; optional ones only with a value. */
function openGroups(schema: $ZodObject, input: Record<string, unknown>, path: readonly string[]): void {
  let at = input
  let shape = schema._zod.def.shape
  for (const key of path.slice(0, -1)) {
    const type = Object.hasOwn(shape, key) ? (shape[key] as $ZodType) : undefined
    if (type?._zod.def.type !== 'object') return
    at[key] ??= bare()
    at = at[key] as Record<string, unknown>
    shape = (type as $ZodObject)._zod.def.shape
  }
}

function put(input: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) input[key] = value
  else {
    input[key] ??= bare()
    put(input[key] as Record<string, unknown>, rest, value)
  }
}

function choose(settings: readonly Setting[], group: readonly string[], values: Map<Setting, RawValue>, problems: string[]): void {
  const members = settings.filter((setting) => group.includes(setting.path.join('.')) && values.has(setting))
  const rankOf = (setting: Setting) => values.get(setting)?.rank ?? 0
  const highest = Math.max(0, ...members.map(rankOf))
  const first = members.filter((setting) => rankOf(setting) === highest)
  if (first.length > 1) {
    const names = first.map(({ flag, env }) => (highest === 3 ? `--${flag}` : env))
    problems.push(`${names.join(' and ')} are given together: one of them is enough, choose it`)
  } else for (const setting of members) if (setting !== first[0]) values.delete(setting)
}

/** Describes one problem that zod found, with the place that the value came from. */
function told(issue: $ZodIssue, settings: readonly Setting[], values: ReadonlyMap<Setting, RawValue>): string {
  const setting = settings.find(({ path }) => path.every((key, i) => issue.path[i] === key))
  if (!setting) return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`
  const { flag, env, placeholder, isSecret } = setting
  const from = values.get(setting)
  if (!from) {
    const how = isSecret ? `${env}, or ${env}_FILE to a file that holds it` : `--${flag} <${placeholder}> or ${env}`
    if (issue.code !== 'custom') return `--${flag} is missing: set ${how}`
    return `--${flag}: ${issue.message}`
  }
  if (isSecret) return `${from.where}: is not what it has to be${issue.code === 'custom' ? '' : ` (${issue.message})`}`
  const isOfType = !['invalid_type', 'invalid_union', 'invalid_value'].includes(issue.code)
  return `${from.where}: ${isOfType ? issue.message : `is ${wanted(setting.kind)}`}`
}

function refused(problems: readonly string[], secrets: readonly string[]): TicketsError {
  const all = problems.length === 1 ? problems.join('') : `${problems.length} problems: ${problems.map((one, i) => `(${i + 1}) ${one}`).join('; ')}`
  const safe = secrets.reduce((text, value) => (value.length < 3 ? text : text.replaceAll(value, '(secret)')), all)
  return new TicketsError('OPTION_INVALID', `${safe}${/[.?]$/.test(safe) ? '' : '.'} See --help`)
}
