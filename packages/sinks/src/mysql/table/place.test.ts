import { Batch } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import { Every, plain, range } from '../../../test/helpers.ts'
import { newTable, ownDatabase } from '../../../test/mysql-helpers.ts'

const database = await ownDatabase('the place of a table')
const url = database?.url ?? ''
const log = { id: 'log1', takesOver: false, remove: [] }

describe.skipIf(!database)('the place of a table', () => {
  test('is the same by every address of the server, and another for another table', async () => {
    const other = new URL(url)
    other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost'
    const places = []
    for (const [at, table] of [
      [url, 'a'],
      [other.href, 'a'],
      [url, 'b'],
    ] as const)
      places.push(await mysqlSink({ url: at, table }).place?.())
    expect(mysqlSink({ url, table: 'a' }).target).not.toBe(mysqlSink({ url: other.href, table: 'a' }).target)
    expect(places[0]).toBe(places[1])
    expect(places[0]).not.toBe(places[2])
  })

  test('tells what its log must have reached, by guards and by what is staged', async () => {
    const sink = mysqlSink<Every>({ url, table: newTable() })
    const reached = () => sink.reached?.({ id: 'log1', flow: 'all', tasks: ['t-0'] })
    expect(await reached()).toEqual({})
    await sink.begin?.(log)
    const writer = await sink.open({ logId: 'log1', task: 't-0', flow: 'all' }, Every)
    for (const n of [0, 1, 5]) {
      await writer.write(Batch.of(Every, [plain]))
      const staged = await writer.stage(n, 'a', range(n, n + 1))
      if (n < 5) await writer.publish(staged ?? {})
      expect(await reached()).toEqual({ 't-0': n < 5 ? n : 4 })
    }
    await writer.close()
  })
})
