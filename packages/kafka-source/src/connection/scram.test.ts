import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Exchange, scram } from './scram.ts'

const salt = Buffer.from('salt of the server')

/** The server's side of RFC 5802, which knows this password. `change` makes its answers wrong. */
function server(hash: 'sha256' | 'sha512', password: string, change: { iterations?: number; nonce?: string; proof?: string } = {}) {
  const seen: string[] = []
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
  const { iterations = 4096 } = change
  let [bare, first] = ['', '']
  const exchange: Exchange = async (bytes) => {
    const text = bytes.toString()
    seen.push(text)
    if (text.startsWith('n,,')) {
      bare = text.slice(3)
      first = `r=${change.nonce ?? `${/r=(.*)$/.exec(bare)?.[1]}more`},s=${salt.toString('base64')},i=${iterations}`
      return Buffer.from(first)
    }
    const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(text) ?? []
    const salted = pbkdf2Sync(password, salt, iterations, hash === 'sha256' ? 32 : 64, hash)
    const all = `${bare},${first},${withoutProof}`
    const key = hmac(salted, 'Client Key')
    const signature = hmac(createHash(hash).update(key).digest(), all)
    const expected = Buffer.from(key.map((byte, i) => byte ^ (signature[i] ?? 0))).toString('base64')
    if (proof !== expected) return Buffer.from('e=invalid-proof')
    return Buffer.from(`v=${change.proof ?? hmac(hmac(salted, 'Server Key'), all).toString('base64')}`)
  }
  return { exchange, seen }
}

describe.each(['sha256', 'sha512'] as const)('SCRAM with %s', (hash) => {
  it('proves the password without sending it, and a name with , and =', async () => {
    const { exchange, seen } = server(hash, 'pencil')
    await scram(hash, { username: 'a,b=c', password: 'pencil' }, exchange)
    expect(seen).toHaveLength(2)
    expect(seen[0]).toMatch(/^n,,n=a=2Cb=3Dc,r=[\w-]{24}$/)
    expect(seen.join()).not.toContain('pencil')
  })

  it('refuses a wrong password as the server says it', async () => {
    await expect(scram(hash, { username: 'a', password: 'wrong' }, server(hash, 'pencil').exchange)).rejects.toThrow('invalid-proof')
  })

  it.each([
    ['a server that does not know the password', { proof: Buffer.alloc(32).toString('base64') }, /does not know the password/],
    ['a server that proves nothing', { proof: '' }, /does not know the password/],
    ['the nonce of another login', { nonce: 'other' }, /nonce/],
    ['few iterations', { iterations: 1000 }, /1000 iterations/],
  ])('refuses %s', async (_, change, message) => {
    await expect(scram(hash, { username: 'a', password: 'pencil' }, server(hash, 'pencil', change).exchange)).rejects.toThrow(message)
  })
})
