import { lstatSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { socketPath } from './socket-path.ts'

test('a configuration file has one socket, however its path is written, and others have another', () => {
  expect(socketPath('a.config.ts')).toBe(socketPath(resolve('a.config.ts')))
  expect(socketPath('a.config.ts')).not.toBe(socketPath('b.config.ts'))
})

test.skipIf(process.platform === 'win32')('only this user may enter the folder of the sockets', () => {
  expect(lstatSync(dirname(socketPath('a.config.ts'))).mode & 0o777).toBe(0o700)
})
