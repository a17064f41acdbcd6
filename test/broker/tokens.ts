import { generateKeyPairSync, sign } from 'node:crypto'

export const issuer = 'https://issuer.test'
export const audience = 'kafka'

/** Signs tokens, as a service of OAuth does. */
export interface TokenSigner {
  /** The public key as a JSON Web Key Set. */
  readonly jwks: string
  /** Returns a token (JWT, RS256) of this user that is valid for so many seconds. */
  token(user: string, seconds: number, claims?: object): string
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Makes a signer with a key of its own. */
export function tokenSigner(): TokenSigner {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = 'test'
  return {
    jwks: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] }),
    token(user, seconds, claims = {}) {
      const now = Math.floor(Date.now() / 1000)
      const text = `${encoded({ alg: 'RS256', kid })}.${encoded({ iss: issuer, aud: audience, sub: user, iat: now, exp: now + seconds, ...claims })}`
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
    },
  }
}
