import { messageOf } from './errors.ts'

/** Takes the one report of a callback that threw. */
export type Report = (message: string, error: unknown) => void

const reported = new WeakSet<object>()

/**
 * Returns the callback such that what it throws, or rejects with, stops nothing: a callback only watches. The first failure is reported.
 *
 * @param owner what was given by the user; its failures are reported once, however many callbacks are made of it
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

/** Says it where no logger can: as a warning of the process, or in a browser on the console. */
export function warnProcess(message: string): void {
  const { process, console } = globalThis as Globals
  if (process?.emitWarning) process.emitWarning(message, { type: 'TicketsWarning', code: 'TICKETS_CALLBACK' })
  else console?.warn(message)
}

interface Globals {
  readonly process?: { emitWarning?(message: string, options: object): void }
  readonly console?: { warn(message: string): void }
}
