import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askFeeds, isAnswered } from './control-client.ts'

let home = ''
let sockets = 0
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-client-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function answering<T>(status: number, text: string, work: (path: string) => Promise<T>): Promise<T> {
  // The client keeps connections open, so each server has a socket of its own.
  const path = join(home, `feeds-${sockets++}.sock`)
  const server = createServer((_request, response) => response.writeHead(status).end(text))
  await new Promise<void>((done) => server.listen(path, done))
  try {
    return await work(path)
  } finally {
    await new Promise((done) => server.close(done))
  }
}

test('the answer is the statuses of all feeds', async () => {
  const statuses = [{ name: 'lake', state: 'running' }]
  expect(await answering(200, JSON.stringify(statuses), (path) => askFeeds(path, 'GET', '/feeds'))).toEqual(statuses)
  expect(await answering(200, '[]', isAnswered)).toBe(true)
})

test('no process is no answer, and no error', async () => {
  expect(await askFeeds(join(home, 'none.sock'), 'GET', '/feeds')).toBe(null)
  expect(await isAnswered(join(home, 'none.sock'))).toBe(false)
})

test('an error of the process is the error of the caller, with its code', async () => {
  const refused = answering(409, '{"code":"OPTION_INVALID","message":"there is no feed"}', (path) => askFeeds(path, 'POST', '/feeds/x/pause'))
  await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID', message: 'there is no feed' })
})

test('an answer that is no JSON is an error of the connection', async () => {
  await expect(answering(200, 'hello', (path) => askFeeds(path, 'GET', '/feeds'))).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
    message: expect.stringContaining('did not answer'),
  })
})
