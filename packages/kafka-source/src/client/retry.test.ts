import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Ticket, TicketsError } from '@tickets/core'
import { describe, expect, it, vi } from 'vitest'
import { kafkaSource } from '../index.ts'
import { withRetry } from './retry.ts'

const away = new TicketsError('SOURCE_UNREACHABLE', 'nobody answers', { retryable: true })
const moved = Object.assign(new Error('not the coordinator'), { name: 'KafkaJSProtocolError', retriable: true })

describe('withRetry', () => {
  const said: string[] = []
  const logger = { debug: () => {}, info: () => {}, error: () => {}, warn: (text: string) => void said.push(text) }
  const failing = (times: number, error: unknown) => {
    let tries = 0
    return { work: async () => (++tries > times ? tries : Promise.reject(error)), tries: () => tries }
  }

  it.each([
    ['a broker that does not answer', away],
    ['what the broker says will pass', moved],
  ])('tries again: %s', async (_, error) => {
    const { work } = failing(2, error)
    said.length = 0
    expect(await withRetry({ brokers: ['a:1'], retryFor: 5000, logger }, 'looking', work)).toBe(3)
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^looking failed and is tried again for 5 s more: /)
  })

  it('ends after retryFor, with how long it was tried', async () => {
    const { work, tries } = failing(99, away)
    const began = Date.now()
    const run = withRetry({ brokers: ['a:1'], retryFor: 700 }, 'looking', work)
    await expect(run).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      retryable: true,
      message: expect.stringMatching(/nobody answers \(tried again for 0\.7 s/),
    })
    expect(Date.now() - began).toBeGreaterThanOrEqual(690)
    expect(tries()).toBeGreaterThan(2)
  })

  it('tells at once what does not pass, a lost task, and what nobody wants any more', async () => {
    for (const error of [new TicketsError('OFFSETS_FOREIGN', 'x'), new TicketsError('TASK_LOST', 'x', { retryable: true })]) {
      const { work, tries } = failing(99, error)
      await expect(withRetry({ brokers: [], retryFor: 5000 }, 'looking', work)).rejects.toBe(error)
      expect(tries()).toBe(1)
    }
    const { work, tries } = failing(99, away)
    await expect(withRetry({ brokers: [], retryFor: 5000 }, 'looking', work, () => false)).rejects.toBe(away)
    expect(tries()).toBe(1)
  })
})

describe('a source', () => {
  it('says that a port accepts connections and never answers', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const source = kafkaSource({ schema: Ticket, brokers: [`127.0.0.1:${port}`], topic: 't', groupId: 'g', retryFor: '1s' })
    const silent = {
      code: 'SOURCE_UNREACHABLE',
      retryable: true,
      message: expect.stringMatching(new RegExp(`at 127.0.0.1:${port} accepts connections and does not answer.*check that the port`)),
    }
    await expect(source.describe()).rejects.toMatchObject(silent)
    await expect(source.partitions({ assigned: () => {}, revoked: async () => {}, failed: () => {} })).rejects.toMatchObject(silent)
    server.close()
    // Nothing of ours holds a connection.
    await vi.waitUntil(() => new Promise((done) => server.getConnections((_, count) => done(count === 0))), { timeout: 60_000 })
  })
})
