import { harmless } from './harmless.ts'
import type { Logger } from './logger.ts'

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Returns a logger that never throws, whatever the given one does; a silent one where none is given. */
export function harmlessLogger(logger: Logger | undefined): Logger {
  if (!logger) return silent
  const of = (level: keyof Logger) =>
    harmless<Parameters<Logger['warn']>>('the logger', logger, (message, details) =>
      details === undefined ? logger[level](message) : logger[level](message, details),
    )
  return { debug: of('debug'), info: of('info'), warn: of('warn'), error: of('error') }
}
