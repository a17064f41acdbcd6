import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { TicketsError } from '@tickets/core/command-line'

/**
 * Returns the path of the socket that controls the feeds of a configuration file. Its name comes from the path of that file, and its folder is
 * open to this user only. On Windows it is a named pipe.
 */
export function socketPath(config: string): string {
  const name = createHash('sha256').update(resolve(config)).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\tickets-feeds-${name}`
  const { uid } = userInfo()
  const folder = join(tmpdir(), `tickets-feeds-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== uid)
    throw new TicketsError(
      'OPTION_INVALID',
      `${folder} belongs to another user, who could control the feeds: set --socket to a path in a folder of yours`,
    )
  chmodSync(folder, 0o700)
  return join(folder, `${name}.sock`)
}
