/** Takes what a pipeline has to say, and sources and sinks with it; console, pino and LogTape fit. Silent by default. */

export interface Logger {
  debug(message: string, details?: object): void
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
}
