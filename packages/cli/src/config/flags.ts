import { suggestion } from '@tickets/core/command-line'
import { type Command, CommanderError, Option } from 'commander'
import type { RawValue } from './raw-value.ts'
import type { Setting } from './settings.ts'

/** What the command line says, filled in while commander parses it. */
export interface Flags {
  readonly values: ReadonlyMap<Setting, RawValue>
  readonly problems: readonly string[]
  /** Names what was given and is neither a flag nor an expected argument. Values of unknown flags are left out: they may be secrets. */
  refuse(unknown: readonly string[]): void
  /** Notes an error of commander; rethrows any other. */
  note(error: unknown): void
}

/** Takes no value: `--resume`, `--no-resume`. */
const isSwitch = ({ kind }: Setting) => kind.is === 'boolean'

/** Returns a flag as `--help` shows it, such as `--max-rows <number>`. */
export const flagOf = (setting: Setting): string =>
  setting.isSecret ? `--${setting.flag}-file <path>` : isSwitch(setting) ? `--${setting.flag}` : `--${setting.flag} <${setting.placeholder}>`

/** Returns what follows a description in `--help`: the name in the environment and the default. */
export function notesOf({ env, isSecret, isRequired, fallback, kind }: Setting): string {
  const note = isRequired ? 'required' : fallback === null || (kind.is === 'boolean' && fallback === 'false') ? '' : `default ${fallback}`
  return [isSecret ? `${env} or ${env}_FILE` : env, note].filter((part) => part !== '').join('; ')
}

/**
 * Declares the settings as options of a command, and collects what the command line gives for them.
 *
 * @param argv the same words that the command will parse: a value that begins with a dash counts only when written `--flag=value`
 */
export function declareFlags(command: Command, settings: readonly Setting[], argv: readonly string[]): Flags {
  const values = new Map<Setting, RawValue>()
  const problems: string[] = []
  const names: string[] = []
  const add = (flags: string, description: string, hidden: boolean, take: (value: string) => void) => {
    const option = new Option(flags, description)
    command.addOption(hidden ? option.hideHelp() : option)
    command.on(`option:${option.name()}`, take)
    if (!hidden || option.negate) names.push(`--${option.name()}`)
  }
  for (const setting of settings) {
    const { flag, env, kind, isSecret, placeholder } = setting
    const text = `${setting.description} (${notesOf(setting)})`.trimStart()
    if (isSwitch(setting)) {
      add(`--${flag}`, text, false, () => values.set(setting, { text: 'true', where: `--${flag}`, rank: 3 }))
      add(`--no-${flag}`, '', true, () => values.set(setting, { text: 'false', where: `--no-${flag}`, rank: 3 }))
      continue
    }
    const name = isSecret ? `${flag}-file` : flag
    add(flagOf(setting), text, false, (value) => {
      if (/^--?[a-z]/i.test(value) && !argv.includes(`--${name}=${value}`)) problems.push(missing(`--${name}`, placeholder))
      else if (isSecret) values.set(setting, { text: value, where: `--${name}`, rank: 3, file: value })
      else {
        const before = kind.is === 'list' ? values.get(setting)?.text : undefined
        const all = before === undefined ? value : `${before},${value}`
        values.set(setting, { text: all, where: `--${name} ${all}`, rank: 3 })
      }
    })
    if (isSecret)
      add(`--${flag} [value]`, '', true, () =>
        problems.push(`--${flag} is a secret, and others can read command lines: set ${env}, or --${flag}-file to a file that holds it`),
      )
  }
  return {
    values,
    problems,
    refuse: (unknown) => refuse(unknown, settings, names, values, problems),
    note(error) {
      if (!(error instanceof CommanderError)) throw error
      const [, flag = '', placeholder = 'value'] = /'(--[\w-]+) <(.*)>'/.exec(error.message) ?? []
      problems.push(flag === '' ? error.message.replace(/^error: /, '') : missing(flag, placeholder))
    },
  }
}

const missing = (flag: string, placeholder: string) => `${flag} needs a value, <${placeholder}>; one that begins with a dash is written ${flag}=…`

function refuse(
  unknown: readonly string[],
  settings: readonly Setting[],
  names: readonly string[],
  values: Map<Setting, RawValue>,
  problems: string[],
): void {
  let isAfterUnknown = false
  for (const word of unknown) {
    if (!word.startsWith('-')) {
      // It may be the value of the unknown flag before it.
      if (!isAfterUnknown) problems.push(`"${word}" is no flag: flags begin with --, and nothing else is taken`)
      isAfterUnknown = false
      continue
    }
    const [flag = '', value] = word.split('=', 2)
    const setting = settings.find((one) => isSwitch(one) && (flag === `--${one.flag}` || flag === `--no-${one.flag}`))
    if (setting && flag.startsWith('--no-')) problems.push(`${flag} takes no value`)
    else if (setting) values.set(setting, { text: value ?? '', where: word, rank: 3 })
    else {
      problems.push(`${flag} is not known. ${suggestion(flag, [...names, '--help'])}`)
      isAfterUnknown = value === undefined
    }
  }
}
