import { TicketsError } from '@tickets/core'
import type { OAuthToken } from './sasl-options.ts'
import type { Exchange } from './scram.ts'

/** What a client sends after a refusal, so that the broker ends the login (RFC 7628, 3.2.3). */
const ACKNOWLEDGED = Buffer.from([1])

/** Returns a token of the callback. A callback that fails is asked again with the next try, since the service behind it may be back by then. */
export async function tokenOf(provider: () => Promise<OAuthToken>): Promise<OAuthToken> {
  try {
    return await provider()
  } catch (cause) {
    const reason = (cause as Error | null)?.message ?? String(cause)
    const message = `The callback \`oauthBearerProvider\` of \`sasl\` gave no token (${reason}): check the service that issues tokens, and what the callback sends there`
    throw new TicketsError('SOURCE_UNREACHABLE', message, { cause, retryable: true })
  }
}

/** Does a login by OAUTHBEARER (RFC 7628). Throws if the broker refuses the token, which it says in an answer without an error code. */
export async function oauthBearer(provider: () => Promise<OAuthToken>, exchange: Exchange): Promise<void> {
  const { value, extensions = {} } = await tokenOf(provider)
  if (!value) throw new Error('oauthBearerProvider returned no token')
  const pairs = Object.entries(extensions).map(([name, text]) => `${name}=${text}\u0001`)
  const refusal = await exchange(Buffer.from(`n,,\u0001auth=Bearer ${value}\u0001${pairs.join('')}\u0001`))
  checkAccepted(refusal, await endOf(refusal, exchange))
}

/** Throws for the answer to a token that is not empty. The error has its status only: the rest may be secret. */
export function checkAccepted(answer: Buffer, ended = ''): void {
  if (answer.length === 0) return
  throw new Error(`the token is refused: ${[statusOf(answer), ended].filter(Boolean).join(', ')}`)
}

function statusOf(answer: Buffer): string {
  try {
    const { status } = JSON.parse(answer.toString()) as { status?: unknown }
    return typeof status === 'string' ? status : 'no status was given'
  } catch {
    return 'no status was given'
  }
}

/** Returns the broker's last words after a refusal. */
async function endOf(refusal: Buffer, exchange: Exchange): Promise<string> {
  if (refusal.length === 0) return ''
  return exchange(ACKNOWLEDGED).then(
    () => '',
    (error: Error) => error.message,
  )
}
