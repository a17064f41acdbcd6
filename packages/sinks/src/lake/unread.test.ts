import { join } from 'node:path'
import { generator, into, pipeline } from '@tickets/core'
import { commitLog, type FileLayer, nodeFiles } from '@tickets/core/node'
import { compact, inspect, parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'
import { copyOf } from '../../test/lake-helpers.ts'

/** The file system, where the read number `k` of a file of rows fails. */
function unreadable(k: number, code: string): FileLayer & { readonly reads: number } {
  let reads = 0
  return {
    ...nodeFiles,
    get reads() {
      return reads
    },
    readFile: async (path) => {
      if (/part-[^/]*\.parquet$/.test(path) && ++reads === k) throw Object.assign(new Error(`${code}: injected, read '${path}'`), { code })
      return nodeFiles.readFile(path)
    },
  }
}

const ROWS = 60_000

// The stream that parquet-wasm writes from just ends where its input fails.
test('an input that cannot be read is reported as what it is, and one that another compaction took ends quietly; no row is missing', async () => {
  const home = await folder()
  const dir = join(home, 'tickets')
  await pipeline({
    name: 'unread',
    source: generator({ tickets: ROWS, partitions: 2 }),
    log: commitLog(join(home, 'log')),
    range: { rows: 16_384 },
    flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink(dir))) }),
  }).run({ handleSignals: false })
  let tried = 0
  for (const code of ['ENOENT', 'EIO']) {
    for (let k = 1; ; k++) {
      const copy = await copyOf(dir)
      const files = unreadable(k, code)
      const outcome = await compact(copy, { files }).then(
        ({ merged }) => merged,
        (error: { code: string; cause?: { code?: string } }) => `${error.code} ${error.cause?.code}`,
      )
      if (files.reads < k) {
        expect(outcome).toBeGreaterThan(0)
        break
      }
      tried++
      // Where it was only looked at, another look continues without it.
      if (typeof outcome !== 'number') expect(outcome).toBe('SINK_FAILED EIO')
      await compact(copy)
      expect((await inspect(copy))[0]?.rows).toBe(ROWS)
    }
  }
  expect(tried).toBeGreaterThan(8)
})
