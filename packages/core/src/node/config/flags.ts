import { parseArgs } from 'node:util'
import type { Given } from './given.ts'
import { suggestion } from './nearest.ts'
import type { Setting } from './settings.ts'

/** What the flags say. */
export interface Flags {
  readonly given: ReadonlyMap<Setting, Given>
  readonly isHelp: boolean
}

/** Takes no value: `--resume`, `--no-resume`. */
const isSwitch = ({ kind }: Setting) => kind.is === 'boolean'

/** The names that a setting has as a flag. */
const namesOf = (setting: Setting) =>
  setting.isSecret ? [`${setting.flag}-file`] : isSwitch(setting) ? [setting.flag, `no-${setting.flag}`] : [setting.flag]

/** Reads the command line. What is wrong is added to `problems`; values of unknown flags are not repeated there, since they may be secrets. */
export function readFlags(settings: readonly Setting[], argv: readonly string[], problems: string[]): Flags {
  const owners = new Map(settings.flatMap((setting) => namesOf(setting).map((name) => [name, setting] as const)))
  const secrets = new Map(settings.filter(({ isSecret }) => isSecret).map((setting) => [setting.flag, setting] as const))
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } }
  for (const [name, setting] of owners) options[name] = { type: isSwitch(setting) ? 'boolean' : 'string' }
  for (const name of secrets.keys()) options[name] = { type: 'string' }
  // `pnpm demo -- --json` passes the dashes on; nothing but flags is taken, so they say nothing.
  const args = argv.filter((arg) => arg !== '--')
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true })
  const given = new Map<Setting, Given>()
  let isHelp = false
  let isAfterUnknown = false
  for (const token of tokens) {
    const afterUnknown = isAfterUnknown
    isAfterUnknown = false
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      if (!afterUnknown) problems.push(`"${token.value}" is no flag: flags begin with --, and nothing else is taken`)
      continue
    }
    const { name, rawName, value, inlineValue } = token
    if (name === 'help' || name === 'h') {
      isHelp = true
      continue
    }
    const secret = secrets.get(name)
    if (secret) {
      problems.push(`--${name} is a secret, and others can read command lines: set ${secret.env}, or --${name}-file to a file that holds it`)
      continue
    }
    const setting = owners.get(name)
    if (!setting) {
      problems.push(
        `${rawName} is not known. ${suggestion(
          rawName,
          [...owners.keys(), 'help'].map((known) => `--${known}`),
        )}`,
      )
      isAfterUnknown = inlineValue === undefined
      continue
    }
    if (isSwitch(setting)) {
      const isNo = name !== setting.flag
      if (isNo && value !== undefined) problems.push(`${rawName} takes no value`)
      else given.set(setting, { text: isNo ? 'false' : (value ?? 'true'), where: value === undefined ? rawName : `${rawName}=${value}`, rank: 3 })
    } else if (value === undefined || (!inlineValue && /^--?[a-z]/i.test(value))) {
      problems.push(`${rawName} needs a value, <${setting.placeholder}>; one that begins with a dash is written ${rawName}=…`)
      // What was taken for the value is a flag that was not read.
      if (value !== undefined) return { given, isHelp }
    } else {
      const before = setting.kind.is === 'list' ? given.get(setting)?.text : undefined
      const text = before === undefined ? value : `${before},${value}`
      given.set(setting, { text, where: setting.isSecret ? rawName : `${rawName} ${text}`, rank: 3, ...(setting.isSecret ? { file: value } : {}) })
    }
  }
  return { given, isHelp }
}
