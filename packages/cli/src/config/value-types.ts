import { millis } from '@tickets/core/command-line'
import * as z from 'zod'

const HIDDEN = '(secret)'

/** Holds a value that is never printed: in text, JSON and `console.log` it is `(secret)`. `reveal()` returns it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN
  }
}

/**
 * Returns the type of a value that is never shown: not in `--help`, not in errors, not where the configuration is logged. It has no flag of its own,
 * since other users of a machine can read command lines; `NAME_FILE` and `--name-file` name a file that holds it.
 *
 * @param text what the secret must be; any text by default
 * @example
 * loadConfig(z.object({ password: secret() }), { env: { PASSWORD: 'x' }, argv: [] }).password.reveal() // 'x'
 */
export function secret(text: z.ZodType<string, string> = z.string().min(1)) {
  return text.transform((value) => new Secret(value)).meta({ secret: true, placeholder: 'secret' })
}

/**
 * Returns the type of a length of time: `30s`, `1 minute` and `500` (milliseconds) become milliseconds. Give a default as text with `prefault`.
 *
 * @example
 * loadConfig(z.object({ wait: durationText().prefault('30s') }), { env: {}, argv: [] }).wait // 30000
 */
export function durationText() {
  return z
    .union([z.string(), z.number()])
    .transform((input, context) => {
      try {
        return millis(typeof input === 'string' && /^\d+$/.test(input.trim()) ? Number(input) : input, 'it')
      } catch {
        context.issues.push({ code: 'custom', message: "is a duration such as '10s', '1 minute' or a number of milliseconds", input: input })
        return z.NEVER
      }
    })
    .meta({ placeholder: 'duration', unit: 'ms' })
}
