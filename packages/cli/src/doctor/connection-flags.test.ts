import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { loadConfig } from '../config/load-config.ts'
import { folder } from '../log/logs.fixture.ts'
import { connectionFlags, connectionOf } from './connection-flags.ts'

const options = (argv: string[], env: Record<string, string> = {}) =>
  connectionOf(loadConfig(z.object(connectionFlags), { argv, env, envFile: null }))

test('flags become the options of a connection', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'ca.pem'), 'certificate')
  expect(options(['--brokers', 'a:9092,b:9092'])).toEqual({ brokers: ['a:9092', 'b:9092'] })
  expect(options(['--brokers', 'a:9092', '--ssl'])).toMatchObject({ ssl: true })
  expect(options(['--ca', join(dir, 'ca.pem')])).toMatchObject({ ssl: { ca: Buffer.from('certificate') } })
  await writeFile(join(dir, 'key.pem'), 'key')
  expect(options(['--cert', join(dir, 'ca.pem'), '--key', join(dir, 'key.pem')])).toMatchObject({
    ssl: { cert: Buffer.from('certificate'), key: Buffer.from('key') },
  })
  expect(options(['--username', 'reader', '--mechanism', 'scram-sha-256'], { PASSWORD: 'secret' })).toMatchObject({
    sasl: { mechanism: 'scram-sha-256', username: 'reader', password: 'secret' },
  })
})

test('half a login, and a certificate that is not there, are refused', () => {
  expect(() => options(['--username', 'reader'])).toThrow('give both, or none')
  expect(() => options(['--ca', 'none.pem'])).toThrow('--ca none.pem cannot be read')
  expect(() => options(['--cert', 'client.pem'])).toThrow('give --cert and --key, or neither')
})
