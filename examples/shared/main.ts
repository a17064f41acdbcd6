import { isTicketsError, messageOf } from '@tickets/core'
import { guardOutput } from '@tickets/core/node'

/** Runs an example. A reader of its output that goes away does not end it. What goes wrong is one line, `error CODE: message`, and exit code 1; `--verbose` adds the stack and the causes. */
export async function main(work: () => Promise<void>): Promise<void> {
  guardOutput()
  try {
    await work()
  } catch (error) {
    const message = messageOf(error).replaceAll(/\s*\n\s*/g, ' ')
    console.error(`error ${isTicketsError(error) ? error.code : 'UNEXPECTED'}: ${message}`)
    if (process.argv.includes('--verbose')) console.error(error)
    process.exitCode = 1
  }
}
