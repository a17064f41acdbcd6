import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
/** RFC 7677 asks for at least so many; fewer make a stolen answer easy to try passwords on. */
const MIN_ITERATIONS = 4096

interface Credentials {
  readonly username: string
  readonly password: string
}

/** Sends bytes of a login. Returns what the broker answers. */
export type Exchange = (bytes: Buffer) => Promise<Buffer>

const attributesOf = (message: string): Map<string, string> => new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))

/** Does a login by SCRAM (RFC 5802) without channel binding. Throws if the broker does not prove that it knows the password too. */
export async function scram(hash: 'sha256' | 'sha512', { username, password }: Credentials, exchange: Exchange): Promise<void> {
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
  const nonce = randomBytes(18).toString('base64url')
  const first = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
  const challenge = (await exchange(Buffer.from(`n,,${first}`))).toString()
  const told = attributesOf(challenge)
  const [salt = '', both = '', iterations] = [told.get('s'), told.get('r'), Number(told.get('i'))]
  if (!both.startsWith(nonce)) throw new Error('the broker answers another login: its nonce does not begin with ours')
  if (!(iterations >= MIN_ITERATIONS))
    throw new Error(`the broker asks for ${told.get('i')} iterations, and fewer than ${MIN_ITERATIONS} are not safe`)
  const last = `c=${Buffer.from('n,,').toString('base64')},r=${both}`
  const all = `${first},${challenge},${last}`
  const salted = await derive(password, Buffer.from(salt, 'base64'), iterations, hash === 'sha256' ? 32 : 64, hash)
  const clientKey = hmac(salted, 'Client Key')
  const signature = hmac(createHash(hash).update(clientKey).digest(), all)
  const proof = clientKey.map((byte, i) => byte ^ (signature[i] as number))
  const verdict = attributesOf((await exchange(Buffer.from(`${last},p=${Buffer.from(proof).toString('base64')}`))).toString())
  const error = verdict.get('e')
  if (error !== undefined) throw new Error(error)
  const expected = hmac(hmac(salted, 'Server Key'), all)
  const given = Buffer.from(verdict.get('v') ?? '', 'base64')
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Error('the broker does not know the password: it may be another one')
}
