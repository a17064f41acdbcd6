import { adviceFor } from './files/file-errors.ts'
import { codeOf } from './files/file-layer.ts'

let isGuarded = false
let lost: unknown

/**
 * Keeps the program running when stdout or stderr fails. A reader that goes away (`… | head`) is no error. Results that stdout could not take, such as
 * on a full disk, are one: the program then ends with exit code 1 and says why.
 */
export function guardOutput(): void {
  if (isGuarded) return
  isGuarded = true
  process.stdout.on('error', (error) => {
    if (codeOf(error) !== 'EPIPE') lost ??= error
  })
  // Ignore errors of stderr: there is nowhere left to report them.
  process.stderr.on('error', () => {})
  process.on('exit', () => {
    if (lost === undefined) return
    process.exitCode = 1
    process.stderr.write(`error UNEXPECTED: stdout could not be written: ${adviceFor(lost)}\n`)
  })
}
