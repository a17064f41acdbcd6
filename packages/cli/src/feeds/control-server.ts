import { chmod, lstat, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Closable } from '@tickets/core'
import { codeOf, isTicketsError, messageOf, TicketsError, unless } from '@tickets/core/command-line'
import { isAnswered } from './control-client.ts'
import type { Feeds } from './feeds.ts'

const commands = {
  start: async (all: Feeds, name: string) => all.start(name),
  pause: (all: Feeds, name: string) => all.pause(name),
  resume: async (all: Feeds, name: string) => all.resume(name),
  drain: (all: Feeds, name: string) => all.drain(name),
}

/** The commands that a feed takes. */
export type FeedCommand = keyof typeof commands
export const feedCommands = Object.keys(commands) as readonly FeedCommand[]

/**
 * Lets other processes of this user control feeds, by HTTP over a socket: `GET /feeds`, and `POST /feeds/<name>/<command>`, which answers
 * when it is done, with the statuses of all.
 *
 * @throws `OPTION_INVALID` where the feeds of this socket run already, `SOURCE_FAILED` where it cannot be made
 */
export async function controlServer(all: Feeds, path: string): Promise<Closable> {
  if (await isAnswered(path))
    throw new TicketsError('OPTION_INVALID', `these feeds run already in another process, controlled by ${path}: stop that first (drain)`)
  // On Windows a named pipe ends with its process.
  if (process.platform !== 'win32') await removeLeftSocket(path)
  const server = createServer((request, response) => void answer(all, request, response))
  await new Promise<void>((done, fail) => {
    const failed = (cause: Error) =>
      fail(
        new TicketsError(
          'SOURCE_FAILED',
          `the control socket ${path} cannot be made (${codeOf(cause) ?? cause.message}): set --socket to another path`,
          { cause },
        ),
      )
    server.once('error', failed).listen(path, () => {
      server.off('error', failed)
      done()
    })
  })
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return {
    async close() {
      // What was asked is answered first; who does not listen to the answer is not waited for.
      const closed = new Promise((done) => server.close(done))
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), 2000)
      await closed
      clearTimeout(late)
    },
  }
}

/** Removes the socket of a process that died. Anything else at that path belongs to the user and stays. */
async function removeLeftSocket(path: string): Promise<void> {
  const found = await unless(lstat(path), ['ENOENT', 'ENOTDIR'], null)
  if (!found) return
  if (!found.isSocket())
    throw new TicketsError('OPTION_INVALID', `${path} is there already and is no socket, so it is left alone: set --socket to another path`)
  if (found.uid !== process.getuid?.())
    throw new TicketsError('OPTION_INVALID', `the socket ${path} belongs to another user: set --socket to a path in a folder of yours`)
  if (await isOpen(path)) throw new TicketsError('OPTION_INVALID', `another program listens at ${path}: set --socket to another path`)
  await rm(path, { force: true })
}

/** Returns whether a process accepts connections at a socket. */
function isOpen(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path, () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}

async function answer(all: Feeds, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const give = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  try {
    const [, root, name, command] = (request.url ?? '').split('/').map(decodeURIComponent)
    if (root !== 'feeds') return void give(404, { code: 'OPTION_INVALID', message: `there is no ${request.url}` })
    if (request.method === 'GET' && name === undefined) return void give(200, all.list())
    const act = commands[command as FeedCommand]
    if (request.method !== 'POST' || name === undefined || !Object.hasOwn(commands, command ?? '') || !act)
      return void give(404, {
        code: 'OPTION_INVALID',
        message: `there is no ${request.method} ${request.url}: ${feedCommands.join(', ')} are the commands`,
      })
    await act(all, name)
    give(200, all.list())
  } catch (error) {
    const code = isTicketsError(error) ? error.code : 'UNEXPECTED'
    give(409, { code, message: messageOf(error) })
  }
}
