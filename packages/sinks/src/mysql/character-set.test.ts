import { Batch, type Staged } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasMariadb } from '../../../../test/mariadb/installation.ts'
import { localDatabase } from '../../../../test/mariadb/local.ts'
import type { Database } from '../../../../test/servers/database.ts'
import { Every, plain, range } from '../../test/helpers.ts'
import { checkCharacterSet } from './character-set.ts'

describe.skipIf(!(await hasMariadb()))('a server that ignores the character set of the handshake', () => {
  let server: Database | null = null
  const url = () => server?.url ?? ''
  beforeAll(async () => {
    server = await localDatabase(['--skip-character-set-client-handshake', '--character-set-server=latin1', '--collation-server=latin1_swedish_ci'])
  }, 120_000)
  afterAll(() => server?.stop())

  test('stores texts as they are, in keys and other columns', async () => {
    const sink = mysqlSink<Every>({ url: url(), table: 'texts', key: 'text' })
    await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
    const writer = await sink.open({ logId: 'log1', task: 'tickets-0', flow: 'all' }, Every)
    const texts = ['😀 Zoë', '日本', 'Zoe']
    await writer.write(
      Batch.of(
        Every,
        texts.map((text) => ({ ...plain, text })),
      ),
    )
    await writer.publish((await writer.stage(0, 'a', range(0, 1))) as Staged)
    await writer.close()
    const reader = await mysql.createConnection(url())
    // Bytes, so that nothing in between can turn them back.
    const [rows] = await reader.query('SELECT HEX(text) AS hex FROM texts')
    await reader.end()
    const stored = (rows as { hex: string }[]).map(({ hex }) => Buffer.from(hex, 'hex').toString())
    expect(stored.sort()).toEqual([...texts].sort())
  })

  test('is found out where it does not obey, with what to change', async () => {
    const connection = await mysql.createConnection({ uri: url(), charset: 'utf8mb4_bin' })
    try {
      await expect(checkCharacterSet(connection)).rejects.toMatchObject({
        code: 'TARGET_UNUSABLE',
        message: expect.stringMatching(/character_set_client is latin1.*skip-character-set-client-handshake/),
      })
      await connection.query('SET NAMES utf8mb4')
      await checkCharacterSet(connection)
    } finally {
      await connection.end()
    }
  })
})
