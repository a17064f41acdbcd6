import { isTicketsError, messageOf, TicketsError } from '@tickets/core'
import { type RequestKind, rightFor } from './requests.ts'

/** What of an error of the SDK is looked at; all of it may be missing. */
interface SdkError {
  readonly name?: unknown
  /** Of an error of Node's, such as `ECONNRESET`. */
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Follows `cause` from our own error to that of the SDK. */
const sdkError = (error: unknown): SdkError => ((isTicketsError(error) ? error.cause : error) ?? {}) as SdkError

/** Returns the status that a store answered with; 0 where there was no answer. */
export const statusOf = (error: unknown): number => sdkError(error).$metadata?.httpStatusCode ?? 0

/** Returns the name that S3 gives an error, such as `NoSuchUpload`; an empty text where there was no answer. */
export function nameOf(error: unknown): string {
  const { name } = sdkError(error)
  return typeof name === 'string' ? name : ''
}

/** Returns whether a store says that there is no such object. A bucket that is missing is another error. */
export const isAbsent = (error: unknown): boolean => statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket'

/** Returns whether a store does not know the request at all. */
export const isUnknownToStore = (error: unknown): boolean =>
  statusOf(error) === 501 || statusOf(error) === 405 || ['NotImplemented', 'MethodNotAllowed'].includes(nameOf(error))

const passingNames = ['RequestTimeout', 'SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequests', 'InternalError', 'ServiceUnavailable']
const passingCodes = ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']
const timeouts = ['TimeoutError', 'AbortError', 'RequestAbortedError']

/** Returns whether a request may succeed when it is sent again: the network, the store's own faults, throttling, and what took too long. */
export function isPassing(error: unknown): boolean {
  const [status, name] = [statusOf(error), nameOf(error)]
  if (passingNames.includes(name) || status === 408 || status === 429 || (status >= 500 && status !== 501)) return true
  // An answer of 200 that could not be read was cut off.
  if (status === 200) return true
  return status === 0 && (timeouts.includes(name) || passingCodes.includes(sdkError(error).code ?? '') || isCutOff(error))
}

const isCutOff = (error: unknown) => /socket hang up|aborted|premature close|terminated|other side closed/i.test(messageOf(sdkError(error)))

/** Says what to do about a failed request. */
function adviceFor(error: unknown, kind: RequestKind, bucket: string): string {
  const [status, name] = [statusOf(error), nameOf(error)]
  if (isPassing(error)) return status === 0 ? 'check the network, the endpoint and the region' : 'the store is overloaded or failing: try again later'
  if (/^Expired/.test(name) || name === 'TokenRefreshRequired') return 'the credentials have expired: renew them, or use a provider that does'
  if (name === 'CredentialsProviderError' || /credential/i.test(messageOf(sdkError(error))))
    return 'no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role, or pass `credentials`'
  if (['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken'].includes(name)) return 'the store does not accept these credentials: check them'
  if (name === 'RequestTimeTooSkewed') return 'the clock of this machine is wrong: set it'
  if (name === 'NoSuchBucket') return `there is no bucket "${bucket}": create it, or correct the name, the region or the endpoint`
  if (status === 301 || status === 307 || ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'].includes(name))
    return `the bucket "${bucket}" lies in another region: set \`region\` to the region of the bucket`
  if (/region is missing/i.test(messageOf(sdkError(error)))) return 'set `region`, or AWS_REGION'
  if (status === 403) return `these credentials lack ${rightFor[kind]} on "${bucket}": add it to their policy, and look for a policy that denies it`
  return 'see the cause'
}

/** Returns the `STORAGE_FAILED` for a request that failed, with what to do; a `TicketsError` as it is. */
export function storageError(error: unknown, kind: RequestKind, bucket: string, key: string): TicketsError {
  if (isTicketsError(error)) return error
  const said = [nameOf(error), messageOf(error)].filter((text) => text !== '' && text !== 'Error').join(': ')
  const where = key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`
  return new TicketsError('STORAGE_FAILED', `${kind} of ${where} failed: ${adviceFor(error, kind, bucket)} (${said})`, {
    cause: error,
    retryable: isPassing(error),
  })
}
