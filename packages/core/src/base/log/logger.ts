/**
 * Receives the messages of pipelines, sources and sinks. `console` and LogTape fit; `detailsFirst` makes one of pino. Nothing is logged by default.
 * Each message of the library has details: the name of its `event`, and the fields that `logEvents` lists.
 */
export interface Logger {
  debug(message: string, details?: object): void
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
}

/** A logger that takes details before the message, as pino and bunyan do. */
export interface DetailsFirst {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Makes a logger of what it does with a message at each level. */
export const loggerOf = (at: (level: keyof Logger) => Logger['warn']): Logger => ({
  debug: at('debug'),
  info: at('info'),
  warn: at('warn'),
  error: at('error'),
})

/**
 * Makes a `Logger` of one that takes details before the message. Called the other way around, pino would drop them.
 *
 * @example
 * pipeline({ logger: detailsFirst(pino()), … })
 */
export const detailsFirst = (logger: DetailsFirst): Logger =>
  loggerOf(
    (level) =>
      (message, details = {}) =>
        logger[level](details, message),
  )

/** Returns a logger that adds fields to the details of each message. */
export const withFields = (logger: Logger, fields: object): Logger =>
  loggerOf((level) => (message, details) => logger[level](message, { ...fields, ...details }))
