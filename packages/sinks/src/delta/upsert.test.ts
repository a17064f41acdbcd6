import { readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch } from '@tickets/core'
import type { FileLayer } from '@tickets/core/node'
import { memoryStorage } from '@tickets/core/testing'
import { deltaSink, optimizeDelta, vacuumDelta } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import { filesOfTable } from '../../../../test/files/files-of-table.ts'
import { byId, commitAll, newTable, numbersIn, type Options, rows, sinkAt } from '../../test/delta-keyed-tables.ts'
import { KeyedRow, keyedRow } from '../../test/keyed-rows.ts'
import { commitKeyed, KeyedWindow } from '../../test/keyed-tables.ts'
import { dying, failing, layer, quick } from '../../test/lake-helpers.ts'
import { type Action, parseCommit } from './actions.ts'

const commits = async (path: string): Promise<Action[][]> => {
  const names = (await readdir(join(path, '_delta_log'))).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(names.map(async (name) => parseCommit(await readFile(join(path, '_delta_log', name), 'utf8'), path)))
}
const rewritten = async (path: string) => (await readdir(path, { recursive: true })).filter((name) => /rewritten-[^/]*$/.test(name))

describe('rows by key', () => {
  test('6.8 a range replaces and deletes rows in the commit that adds its own, and files without a row of its keys stay', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['b', 2], ['c', 3]), rows(['d', 4], ['e', 5]), rows(['f', 6], ['b', 7], ['c', 8, true], ['none', 9, true])])
    expect(await numbersIn(path)).toEqual([1, 4, 5, 6, 7])
    const last = (await commits(path)).at(-1) ?? []
    expect(last.map((action) => Object.keys(action)[0])).toEqual(['commitInfo', 'txn', 'remove', 'add', 'add'])
    expect(last[0]).toMatchObject({
      commitInfo: { operation: 'MERGE', isBlindAppend: false, operationParameters: { predicate: '["id"]', epochId: '2' } },
    })
    expect(last[2]).toMatchObject({ remove: { path: expect.stringMatching(/^part-.*-0-0\.parquet$/), dataChange: true } })
    expect(last[3]).toMatchObject({ add: { path: expect.stringMatching(/^rewritten-/), dataChange: true } })
    expect(JSON.parse(last[3]?.add?.stats ?? '')).toMatchObject({ numRecords: 1, minValues: { id: 'a', n: 1 }, maxValues: { id: 'a', n: 1 } })
  })

  test('6.8 a file without rows that stay is removed, and a range that only deletes adds none', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['b', 2]), rows(['a', 3, true], ['b', 4, true])])
    expect(filesOfTable(path)).toEqual([])
    expect(((await commits(path)).at(-1) ?? []).map((action) => Object.keys(action)[0])).toEqual(['commitInfo', 'txn', 'remove'])
  })

  test('6.8 a range that is repeated changes nothing', async () => {
    const path = await newTable()
    const sink = await sinkAt(path)
    const first = await commitKeyed(sink, KeyedRow, rows(['a', 1], ['b', 2]), 0)
    await commitKeyed(sink, KeyedRow, rows(['a', 3]), 1)
    const again = await (await sinkAt(path)).open({ logId: 'log1', flow: 'all', task: 'tickets-0' }, KeyedRow)
    await again.publish(first as never)
    expect([await numbersIn(path), (await commits(path)).length]).toEqual([[2, 3], 2])
  })

  test('of a row that the table has with a higher revision that of the range is not written', async () => {
    const path = await newTable()
    const at = (id: string, n: number, revision: number) => keyedRow(id, n, { revision })
    const ranges = [
      { task: 0, rows: [at('a', 1, 0), at('b', 2, 2), at('a', 3, 1)] },
      { task: 1, rows: [at('a', 4, 1), at('b', 5, 1), at('c', 6, 0)] },
    ]
    await commitAll(path, ranges, {}, KeyedWindow)
    expect(await numbersIn(path)).toEqual([2, 4, 6])
    const every = await newTable()
    await commitAll(every, ranges, { key: [] }, KeyedWindow)
    expect(await numbersIn(every)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('rows that are replaced or delete within their range are in no file that is added, also where rows are encoded as they come', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['a', 2], ['b', 3], ['b', 4, true])], { ...byId, encodeWorkers: 1 })
    expect((await commits(path)).flat().flatMap(({ add }) => (add ? [add.path] : []))).toEqual([expect.stringMatching(/^part-.*-0-0\.parquet$/)])
    expect([await numbersIn(path), await rewritten(path)]).toEqual([[2], []])
  })

  test('works on any storage', async () => {
    const storage = memoryStorage().below('table')
    const sink = deltaSink<KeyedRow>(storage, { encodeWorkers: 0, ...byId })
    await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
    await commitKeyed(sink, KeyedRow, rows(['a', 1], ['b', 2]), 0)
    await commitKeyed(sink, KeyedRow, rows(['a', 3]), 1)
    const last = parseCommit(Buffer.from((await storage.read('_delta_log/00000000000000000001.json')) ?? []).toString(), 'x')
    expect(last.flatMap(({ add }) => (add ? [JSON.parse(add.stats ?? '').numRecords] : []))).toEqual([1, 1])
  })
})

describe('another commit that takes the number first', () => {
  /** Does something before the first commit of the table whose number is tried. */
  const before = (act: () => Promise<unknown>) => {
    let isFirst = true
    return layer(async (call, link, [, to]) => {
      if (call === 'link' && isFirst && /_delta_log\/\d+\.json$/.test(String(to))) {
        isFirst = false
        await act()
      }
      return link()
    })
  }

  test('6.8 what it did to the rows of the keys is looked at again', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['b', 2], ['c', 3])])
    const other = await sinkAt(path)
    const files = before(() => commitKeyed(other, KeyedRow, { task: 1, rows: [keyedRow('a', 10), keyedRow('c', 11)] }, 0))
    await commitKeyed(await sinkAt(path, { ...byId, files }), KeyedRow, rows(['a', 20], ['b', 21]), 1)
    expect(await numbersIn(path)).toEqual([11, 20, 21])
    // One of the other, and none of ours: what stayed of the first file was written for a table that is no more.
    expect(await rewritten(path)).toHaveLength(filesOfTable(path).filter((file) => file.includes('rewritten-')).length + 1)
  })

  test('a file that the other left alone is not rewritten twice', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['b', 2])])
    const other = await sinkAt(path)
    const files = before(() => commitKeyed(other, KeyedRow, { task: 1, rows: [keyedRow('x', 10)] }, 0))
    await commitKeyed(await sinkAt(path, { ...byId, files }), KeyedRow, rows(['a', 20]), 1)
    expect(await numbersIn(path)).toEqual([2, 10, 20])
    expect(await rewritten(path)).toHaveLength(1)
  })

  test('a rewritten file that others merge at once stays for those who read the version that has it', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['b', 2])])
    let isFirst = true
    const files = layer(async (call, link, [, to]) => {
      const done = await link()
      if (call === 'link' && isFirst && /_delta_log\/\d+\.json$/.test(String(to))) {
        isFirst = false
        expect(await optimizeDelta(path)).toMatchObject({ merged: 2 })
      }
      return done
    })
    await commitKeyed(await sinkAt(path, { ...byId, files }), KeyedRow, rows(['a', 20]), 1)
    expect([await numbersIn(path), (await rewritten(path)).length]).toEqual([[2, 20], 1])
  })

  test('an optimization that comes first is read, and one that comes second is dropped', async () => {
    const path = await newTable()
    const start = [rows(['a', 1], ['b', 2]), rows(['c', 3], ['d', 4])]
    await commitAll(path, start)
    const files = before(() => optimizeDelta(path))
    await commitKeyed(await sinkAt(path, { ...byId, files }), KeyedRow, rows(['a', 20], ['c', 21]), 2)
    expect(await numbersIn(path)).toEqual([2, 4, 20, 21])
    const second = await newTable()
    await commitAll(second, start)
    const sink = await sinkAt(second)
    expect(await optimizeDelta(second, { files: before(() => commitKeyed(sink, KeyedRow, rows(['a', 20], ['c', 21]), 2)) })).toMatchObject({
      merged: 0,
    })
    expect(await numbersIn(second)).toEqual([2, 4, 20, 21])
    expect(await optimizeDelta(second)).toMatchObject({ merged: 3, rows: 4, left: 0 })
    expect(await numbersIn(second)).toEqual([2, 4, 20, 21])
  })
})

test('6.8 a rewritten file whose temporary file was swept before it had its name is in no commit, and the range can be published again', async () => {
  const path = await newTable()
  await commitAll(path, [rows(['a', 1], ['b', 2])])
  let isFirst = true
  const files = layer(async (call, link, [from, to]) => {
    if (call === 'link' && isFirst && /rewritten-[^/]*$/.test(String(to))) {
      isFirst = false
      await unlink(String(from))
    }
    return link()
  })
  const sink = await sinkAt(path, { ...byId, files })
  await expect(commitKeyed(sink, KeyedRow, rows(['a', 20]), 1)).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
  expect([await numbersIn(path), (await commits(path)).length]).toEqual([[1, 2], 1])
  await commitKeyed(sink, KeyedRow, rows(['a', 20]), 1)
  expect(await numbersIn(path)).toEqual([2, 20])
})

/** Two ranges, of which the second replaces, deletes and adds; what was staged is published once more by the next process. */
const second = rows(['a', 10], ['c', 11, true], ['e', 12])
async function interrupted(make: (calls: number) => FileLayer, calls: number): Promise<string> {
  const path = await newTable()
  await commitAll(path, [rows(['a', 1], ['b', 2]), rows(['c', 3], ['d', 4])])
  const id = { logId: 'log1', flow: 'all', task: 'tickets-0' }
  const writer = await (await sinkAt(path)).open(id, KeyedRow)
  await writer.write(Batch.of(KeyedRow, second.rows))
  const staged = JSON.parse(JSON.stringify(await writer.stage(2, 'a', { from: 2, to: 3, empty: false } as never)))
  const publish = async (files: FileLayer = quick) => {
    const sink = deltaSink<KeyedRow>(path, { encodeWorkers: 0, ...byId, files })
    await (await sink.open(id, KeyedRow)).publish(staged)
  }
  await publish(make(calls)).catch(() => {})
  expect([
    [1, 2, 3, 4],
    [2, 4, 10, 12],
  ]).toContainEqual(await numbersIn(path))
  await publish()
  await commitKeyed(await sinkAt(path), KeyedRow, rows(['b', 20]), 3)
  return path
}

test('6.8 death at every call to the file system, before or after it happened, and one passing fault: each key once', async () => {
  const probe = dying(Number.POSITIVE_INFINITY, 'before')
  await interrupted(() => probe, 0)
  expect(probe.calls.length).toBeGreaterThan(15)
  for (let call = 1; call <= probe.calls.length; call++) {
    for (const make of [() => dying(call, 'before'), () => dying(call, 'after'), () => failing(call, false).files, () => failing(call, true).files]) {
      const path = await interrupted(make, call)
      expect(await numbersIn(path), `call ${call}`).toEqual([4, 10, 12, 20])
      const { removed } = await vacuumDelta(path, { clock: { now: () => Date.now() + 30 * 24 * 3_600_000, sleep: async () => {} } })
      expect((await readdir(path)).filter((name) => name.endsWith('.parquet')).length, `call ${call}, removed ${removed}`).toBe(
        filesOfTable(path).length,
      )
    }
  }
})

describe('what cannot be', () => {
  test.each<[Options, RegExp]>([
    [{ key: 'none' } as never, /no column "none"/],
    [{ deleteWhen: 'gone' }, /needs a key/],
    [{ key: 'id', deleteWhen: 'n' }, /boolean column/],
  ])('%j is refused at the start', async (options, message) => {
    await expect(deltaSink<KeyedRow>(await newTable(), options).check?.(KeyedRow, 'all')).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message),
    })
  })

  test('a key of another form is refused at once', () => {
    expect(() => deltaSink('data', { key: 7 } as never)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('a table that is append-only has no key, and one that becomes so keeps the range', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1])])
    const [first] = await commits(path)
    const metaData = first?.find((action) => action.metaData)?.metaData
    const appendOnly = { metaData: { ...metaData, configuration: { 'delta.appendOnly': 'true' } } }
    await writeFile(join(path, '_delta_log', '00000000000000000001.json'), JSON.stringify(appendOnly))
    await expect(deltaSink<KeyedRow>(path, byId).check?.(KeyedRow, 'all')).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringMatching(/delta\.appendOnly.*key/),
    })
    await deltaSink<KeyedRow>(path).check?.(KeyedRow, 'all')
    await expect(commitKeyed(await sinkAt(path), KeyedRow, rows(['a', 2]), 1)).rejects.toMatchObject({ code: 'DELTA_CONFLICT' })
  })

  test('a file that is no Parquet file stops the pipeline with everything kept', async () => {
    const path = await newTable()
    await commitAll(path, [rows(['a', 1], ['b', 2])])
    const [file = ''] = filesOfTable(path)
    const bytes = await readFile(file)
    await writeFile(file, 'x'.repeat(bytes.length))
    await expect(commitKeyed(await sinkAt(path), KeyedRow, rows(['a', 3]), 1)).rejects.toMatchObject({
      code: 'DELTA_CONFLICT',
      message: expect.stringMatching(/cannot be read or rewritten.*The range is recorded/),
    })
    expect(await commits(path)).toHaveLength(1)
  })
})
