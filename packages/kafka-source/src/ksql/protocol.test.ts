import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Answer, ksqlServer, ok, refuse } from '../../test/ksql-server.ts'
import { type KsqlRequest, queryStream } from './protocol.ts'

let server: Awaited<ReturnType<typeof ksqlServer>> | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const header = JSON.stringify({ columnNames: ['ID'], columnTypes: ['INTEGER'] })
const pushHeader = JSON.stringify({ queryId: 'q7', columnNames: ['ID'], columnTypes: ['INTEGER'] })

/** Asks a server that answers so; gives the lines that came, and what it ended with. */
async function ask(answer: Answer, more: Partial<KsqlRequest> = {}, enough = Number.POSITIVE_INFINITY) {
  server = await ksqlServer([answer])
  const lines: string[] = []
  const asked: KsqlRequest = {
    url: server.url,
    query: 'SELECT * FROM t;',
    properties: {},
    authorization: undefined,
    answerWithin: 5000,
    signal: new AbortController().signal,
    ...more,
  }
  try {
    for await (const line of queryStream(asked)) {
      lines.push(line)
      if (lines.length === enough) break
    }
    return { lines, error: null }
  } catch (error) {
    return { lines, error }
  }
}
const whole =
  (text: string): Answer =>
  (stream) => {
    ok(stream)
    stream.end(text)
  }

describe('the lines of an answer', () => {
  it('come whole wherever the answer is cut, within a character too', async () => {
    const bytes = Buffer.from(`${header}\n["é😀"]\n\n["b"]\n`)
    const { lines } = await ask(async (stream) => {
      ok(stream)
      for (const byte of bytes) {
        stream.write(Buffer.from([byte]))
        await sleep(1)
      }
      stream.end()
    })
    expect(lines).toEqual([header, '["é😀"]', '["b"]'])
  })

  it('include the last one without an end of line', async () => {
    expect(await ask(whole(`${header}\n[1]`))).toEqual({ lines: [header, '[1]'], error: null })
  })

  it('are asked for with the query, its properties and the login', async () => {
    const seen: unknown[] = []
    const answer: Answer = (stream, request) => {
      seen.push(request)
      ok(stream)
      stream.end()
    }
    await ask(answer, { properties: { a: 'b' }, authorization: 'Basic x' })
    expect(seen).toEqual([{ sql: 'SELECT * FROM t;', properties: { a: 'b' }, authorization: 'Basic x' }])
  })
})

describe('what the server refuses', () => {
  it.each([
    [400, 40001, 'Missing\n  semicolon', false, /refused with 40001: Missing semicolon: fix the query/],
    [401, 40100, 'no', false, /check `user` and `password`/],
    [403, 40300, 'no', false, /check `user` and `password`/],
    [429, 42900, 'slowly', true, /it is tried again/],
    [503, 50300, 'starting', true, /it is tried again/],
    [400, 50002, 'inside', true, /it is tried again/],
  ])('status %d with code %d, before the rows', async (status, code, message, retryable, says) => {
    const { lines, error } = await ask((stream) => refuse(stream, status, code, message))
    expect(lines).toEqual([])
    expect(error).toMatchObject({ code: 'SOURCE_FAILED', retryable, message: expect.stringMatching(says) })
  })

  it.each([
    ['with an end of line', '\n'],
    ['as the last text', ''],
  ])('between the rows, %s: the rows before it were given', async (_, end) => {
    const fault = JSON.stringify({ '@type': 'generic_error', error_code: 50000, message: 'Unable to execute\n pull query' })
    const { lines, error } = await ask(whole(`${header}\n[1]\n${fault}${end}`))
    expect(lines).toEqual([header, '[1]'])
    expect(error).toMatchObject({ code: 'SOURCE_FAILED', retryable: true, message: expect.stringContaining('Unable to execute pull query') })
  })

  it('is reported as it is if something else answers', async () => {
    const page: Answer = (stream) => {
      stream.respond({ ':status': 502 })
      stream.end('<html>Bad gateway</html>')
    }
    expect((await ask(page)).error).toMatchObject({ retryable: true, message: expect.stringContaining('Bad gateway') })
  })
})

/** A server that sends `text` as data of HTTP/2 and then resets the stream, which Node's own server only does once the answer has ended. */
async function resetting(text: string, code: number) {
  const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head.writeUInt8(type, 3)
    head.writeUInt8(flags, 4)
    head.writeUInt32BE(stream, 5)
    return Buffer.concat([head, payload])
  }
  const [DATA, HEADERS, RESET, SETTINGS] = [0, 1, 3, 4]
  const status200 = Buffer.from([0x88])
  const reason = Buffer.alloc(4)
  reason.writeUInt32BE(code)
  const raw = createServer((socket) => {
    socket.on('error', () => {}).resume()
    socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)))
    socket.once('data', async () => {
      socket.write(Buffer.concat([frame(HEADERS, 4, 1, status200), frame(DATA, 0, 1, Buffer.from(text))]))
      await sleep(50)
      socket.write(frame(RESET, 0, 1, reason))
    })
  }).listen(0, '127.0.0.1')
  await once(raw, 'listening')
  return { url: `http://127.0.0.1:${(raw.address() as AddressInfo).port}`, close: () => void raw.close() }
}

describe('an answer that is not whole', () => {
  const unreachable = (says: string | RegExp) => ({ code: 'SOURCE_UNREACHABLE', retryable: true, message: expect.stringMatching(says) })

  it('is an error after the rows that came, when the connection is cut', async () => {
    const cut: Answer = async (stream) => {
      ok(stream)
      stream.write(`${header}\n[1]\n[2`)
      await sleep(20)
      server?.cut()
    }
    const { lines, error } = await ask(cut)
    expect(lines).toEqual([header, '[1]'])
    expect(error).toMatchObject(unreachable(/http:/))
  })

  it.each([
    ['cancelled', 8],
    ['an internal error', 2],
  ])('is an error when the server resets the stream with a code: %s', async (_, code) => {
    const raw = await resetting(`${header}\n[1]\n`, code)
    const { lines, error } = await ask(() => {}, { url: raw.url })
    expect(lines).toEqual([header, '[1]'])
    expect(error).toMatchObject(unreachable(/http:/))
    raw.close()
  })

  it('is an error when no answer begins in time', async () => {
    expect((await ask(() => {}, { answerWithin: 100 })).error).toMatchObject(unreachable(/no answer within 100 ms/))
  })

  it('is an error when nobody listens', async () => {
    expect((await ask(whole(''), { url: 'http://127.0.0.1:1' })).error).toMatchObject(unreachable(/start it, or correct `url`/))
  })
})

describe('a push query', () => {
  const endless: Answer = (stream) => {
    ok(stream)
    stream.write(`${pushHeader}\n[1]\n`)
  }

  it('is closed at the server when the caller has enough', async () => {
    expect((await ask(endless, {}, 2)).lines).toEqual([pushHeader, '[1]'])
    expect(server?.closed).toEqual(['q7'])
  })

  it('is closed at the server when the signal aborts, which is no error', async () => {
    const stop = new AbortController()
    const asked = ask(endless, { signal: stop.signal })
    await vi.waitUntil(() => server?.asked.length === 1, { timeout: 60_000 })
    // The header has come by the time that the row has.
    await sleep(100)
    stop.abort()
    expect(await asked).toEqual({ lines: [pushHeader, '[1]'], error: null })
    expect(server?.closed).toEqual(['q7'])
  })

  it('is not asked at all where the signal has aborted before', async () => {
    expect(await ask(endless, { signal: AbortSignal.abort() })).toEqual({ lines: [], error: null })
  })
})
