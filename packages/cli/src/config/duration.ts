import { millis } from '@tickets/core'
import * as z from 'zod'

/**
 * A length of time in a configuration: `30s`, `1 minute`, `500` (milliseconds) become milliseconds. Give a default as text with `prefault`.
 *
 * @example
 * loadConfig(z.object({ wait: durationText().prefault('30s') }), { env: {}, argv: [] }).wait // 30000
 */
export function durationText() {
  return z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      try {
        return millis(typeof given === 'string' && /^\d+$/.test(given.trim()) ? Number(given) : given, 'it')
      } catch {
        context.issues.push({ code: 'custom', message: "is a duration such as '10s', '1 minute' or a number of milliseconds", input: given })
        return z.NEVER
      }
    })
    .meta({ placeholder: 'duration', unit: 'ms' })
}
