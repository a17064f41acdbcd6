import { messageOf } from '../errors.ts'
import { type Logger, loggerOf } from './logger.ts'

/** Takes the report of a callback that threw. */
export type Report = (message: string, error: unknown) => void

const reported = new WeakSet<object>()

/**
 * Returns a callback that never throws or rejects: callbacks of the user only watch, so their failures must not stop a pipeline. The first failure is
 * reported.
 *
 * @param owner the user's object; its failures are reported once, however many callbacks are made from it
 */
export function harmless<A extends unknown[]>(
  what: string,
  owner: object,
  callback: (...args: A) => unknown,
  report: Report = warnProcess,
): (...args: A) => void {
  const failed = (error: unknown) => {
    if (reported.has(owner)) return
    reported.add(owner)
    report(`${what} threw; nothing stops, and it is not reported again: ${messageOf(error)}`, error)
  }
  return (...args) => {
    try {
      Promise.resolve(callback(...args)).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

const silent = loggerOf(() => () => {})

/** Returns a logger that never throws, whatever the user's logger does. It is silent where there is none. */
export function harmlessLogger(logger: Logger | undefined): Logger {
  if (!logger) return silent
  const of = (level: keyof Logger) =>
    harmless<Parameters<Logger['warn']>>('the logger', logger, (message, details) =>
      details === undefined ? logger[level](message) : logger[level](message, details),
    )
  return loggerOf(of)
}

/** Emits a warning of the process, or in a browser one on the console: for messages that no logger can take. */
export function warnProcess(message: string): void {
  const { process, console } = globalThis as Globals
  if (process?.emitWarning) process.emitWarning(message, { type: 'TicketsWarning', code: 'TICKETS_CALLBACK' })
  else console?.warn(message)
}

interface Globals {
  readonly process?: { emitWarning?(message: string, options: object): void }
  readonly console?: { warn(message: string): void }
}
