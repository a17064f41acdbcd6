import * as z from 'zod'

const HIDDEN = '(secret)'

/** A value that is not printed: in text, JSON and `console.log` it is `(secret)`. `reveal()` gives it to the code that needs it. */
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
 * A value of a configuration that is never shown: not in `--help`, in errors, nor where the configuration is logged. It is no flag, since
 * other users of a machine can read command lines; `NAME_FILE` and `--name-file` name a file that holds it.
 *
 * @param text what the secret has to be; any text by default
 * @example
 * loadConfig(z.object({ password: secret() }), { env: { PASSWORD: 'x' }, argv: [] }).password.reveal() // 'x'
 */
export function secret(text: z.ZodType<string, string> = z.string().min(1)) {
  return text.transform((value) => new Secret(value)).meta({ secret: true, placeholder: 'secret' })
}
