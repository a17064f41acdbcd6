import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { controlServer } from './control-server.ts'
import type { Feeds } from './feeds.ts'

let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-socket-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const none = { list: () => [] } as Partial<Feeds> as Feeds
const refused = (path: string, says: RegExp) =>
  expect(controlServer(none, path)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(says) })

test('a file that lies where the socket should be is left alone, and so is what a link leads to', async () => {
  const file = join(home, 'notes.txt')
  await writeFile(file, 'mine')
  await refused(file, /notes\.txt is there already and is no socket/)
  const link = join(home, 'link')
  await symlink(file, link)
  await refused(link, /no socket/)
  await refused(home, /no socket/)
  expect(await readFile(link, 'utf8')).toBe('mine')
})

test('a socket that another program listens to is left alone', async () => {
  const path = join(home, 'other.sock')
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(path, done))
  await refused(path, /another program listens/)
  await new Promise((done) => server.close(done))
})

test('a socket that a process has left which died is taken over', async () => {
  const path = join(home, 'left.sock')
  const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  expect(spawnSync(process.execPath, ['-e', code]).signal).toBe('SIGKILL')
  const control = await controlServer(none, path)
  await control.close()
})
