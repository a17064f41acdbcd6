/** Receives the messages of pipelines, sources and sinks. `console`, pino and LogTape fit. Nothing is logged by default. */
export interface Logger {
  debug(message: string, details?: object): void
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
}
