import { describe, expect, it } from 'vitest'
import { checkAccepted, oauthBearer, tokenOf } from './oauth-bearer.ts'

const token = async () => ({ value: 'abc', extensions: { tenant: 'one' } })

describe('oauthBearer', () => {
  it('sends the token and its extensions', async () => {
    const sent: string[] = []
    await oauthBearer(token, async (bytes) => {
      sent.push(bytes.toString())
      return Buffer.alloc(0)
    })
    expect(sent).toEqual(['n,,\u0001auth=Bearer abc\u0001tenant=one\u0001\u0001'])
  })

  it('takes an answer for a refusal, and lets the broker end the login', async () => {
    const answers = [() => Buffer.from('{"status":"invalid_token","echo":"abc"}'), () => Promise.reject(new Error('Authentication failed'))]
    const sent: Buffer[] = []
    const login = oauthBearer(token, async (bytes) => {
      sent.push(bytes)
      return (await answers[sent.length - 1]?.()) as Buffer
    })
    await expect(login).rejects.toThrow(/^the token is refused: invalid_token, Authentication failed$/)
    expect(sent[1]).toEqual(Buffer.from([1]))
  })

  it('refuses an empty token before anything is sent', async () => {
    const login = oauthBearer(
      async () => ({ value: '' }),
      () => Promise.reject(new Error('sent')),
    )
    await expect(login).rejects.toThrow('returned no token')
  })
})

it('asks a callback that failed again', async () => {
  const failing = tokenOf(async () => Promise.reject(new Error('503')))
  await expect(failing).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    retryable: true,
    message: expect.stringMatching(/`oauthBearerProvider`.*503/),
  })
})

it('tells of an answer only its status', () => {
  expect(() => checkAccepted(Buffer.alloc(0))).not.toThrow()
  expect(() => checkAccepted(Buffer.from('{"status":"invalid_token","x":"abc"}'))).toThrow(/^the token is refused: invalid_token$/)
  expect(() => checkAccepted(Buffer.from('abc'))).toThrow(/^the token is refused: no status was given$/)
})
