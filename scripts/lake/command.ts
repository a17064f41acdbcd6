import { isTicketsError, TicketsError } from '@tickets/core'
import { loadConfig } from '@tickets/core/node'
import type * as z from 'zod'

/**
 * Runs a command on a folder: `<name> <dir> [flags]`. What goes wrong is one line, `error CODE: message`, and exit code 1.
 *
 * @param flags what it can be told beside the folder, as a zod object with descriptions
 */
export async function command<Z extends z.ZodObject>(
  name: string,
  description: string,
  flags: Z,
  work: (dir: string, given: z.infer<Z>) => Promise<void>,
): Promise<void> {
  try {
    const argv = process.argv.slice(2).filter((arg) => arg !== '--')
    const isDir = (arg: string | undefined) => arg !== undefined && !arg.startsWith('-')
    // First or last, so that a flag in front of it is not given a value.
    const dir = isDir(argv[0]) ? argv.shift() : isDir(argv.at(-1)) ? argv.pop() : undefined
    const given = loadConfig(flags, { name: `pnpm ${name} <dir>`, description, argv, prefix: `TICKETS_${name.toUpperCase()}_` })
    if (dir === undefined) throw new TicketsError('OPTION_INVALID', `say which dataset: pnpm ${name} <dir>`)
    await work(dir, given as z.infer<Z>)
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ')
    console.error(`error ${isTicketsError(error) ? error.code : 'UNEXPECTED'}: ${message}`)
    process.exitCode = 1
  }
}
