/** Every code an error of `@tickets/*` can carry; each has a paragraph in docs/reference/errors.md. */
export type ErrorCode =
  | 'SCHEMA_UNSUPPORTED'
  | 'SCHEMA_MISMATCH'
  | 'BATCH_VALUE'
  | 'OPTION_INVALID'
  | 'DUPLICATE_CORE'
  | 'OPERATOR_SCOPE'
  | 'OPERATOR_ASYNC'
  | 'OPERATOR_STATE'
  | 'FLOW_FAILED'
  | 'FLOW_COMPLETED'
  | 'FLOW_RESUBSCRIBED'
  | 'FLOW_SILENT'
  | 'FLOW_TARGET'
  | 'WATERMARK_LOST'
  | 'PIPELINE_CHANGED'
  | 'LOG_DAMAGED'
  | 'LOG_GAP'
  | 'LOG_GONE'
  | 'LOG_BEHIND'
  | 'LOG_HELD'
  | 'LOG_UNUSABLE'
  | 'STAGED_LOST'
  | 'STAGED_DAMAGED'
  | 'TASK_LOST'
  | 'TARGET_OWNED'
  | 'TARGET_LOST'
  | 'TARGET_UNUSABLE'
  | 'DELTA_CONFLICT'
  | 'ICEBERG_CONFLICT'
  | 'REJECTED_MESSAGE'
  | 'RESULT_REFUSED'
  | 'POSITION_GONE'
  | 'POSITION_AHEAD'
  | 'OFFSETS_FOREIGN'
  | 'SOURCE_UNREACHABLE'
  | 'SOURCE_MISSING'
  | 'SOURCE_FAILED'
  | 'SOURCE_COMPLETE'
  | 'SOURCE_CHANGED'
  | 'REGISTRY_UNREACHABLE'
  | 'REGISTRY_REFUSED'
  | 'SCHEMA_UNKNOWN'
  | 'SINK_FAILED'
  | 'ENCODER_FAILED'
  | 'STATE_LIMIT'
  | 'DRAIN_DEADLINE'
  | 'STORAGE_FAILED'
  | 'STORAGE_UNSAFE'

/** What an error is made from, beside its code and message. */
export interface ErrorOptions {
  /** The error that caused this one. */
  cause?: unknown
  /** True when a retry can help; false (the default) when something must change first. */
  retryable?: boolean
}

/**
 * The error class of the library. It has a stable `code`, a message that says what to do, the cause, and whether a retry can help.
 *
 * @example
 * try { tumbling({ size: 0 }) } catch (error) { isTicketsError(error, 'OPTION_INVALID') } // true
 */
export class TicketsError extends Error {
  override readonly name = 'TicketsError'
  readonly code: ErrorCode
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/**
 * Returns whether `error` is a `TicketsError`, and has this code where one is given. Works across two copies of the package and across realms.
 *
 * @example
 * isTicketsError(new TicketsError('LOG_GAP', 'record 7 is missing'), 'LOG_GAP') // true
 */
export function isTicketsError(error: unknown, code?: ErrorCode): error is TicketsError {
  const named = fieldOf(error, 'name') === 'TicketsError' && typeof fieldOf(error, 'code') === 'string'
  return named && (code === undefined || fieldOf(error, 'code') === code)
}

/** Returns the `code` of an error of Node's or a library's, such as `ENOENT`; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  const code = fieldOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/**
 * Returns the message of an error, or the text of any other value that was thrown.
 *
 * @example
 * messageOf(new Error('no broker')) // 'no broker'
 */
export function messageOf(error: unknown): string {
  const message = fieldOf(error, 'message')
  return typeof message === 'string' ? message : String(error)
}

/** Returns whether an error says that a retry can help. Errors of users may say so too. */
export function isRetryable(error: unknown): boolean {
  return fieldOf(error, 'retryable') === true
}

/** Reads a field without `instanceof`: under Jest and in `vm` contexts Node's errors belong to another realm's `Error`. */
function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined
}
