import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sink } from '@tickets/core'
import { type Case, sinkContract } from '@tickets/core/testing'
import { arrowSink, callbackSink, csvSink, type FileSinkOptions, jsonSink, parquetSink } from '@tickets/sinks'
import { tableFromIPC } from 'apache-arrow'
import { describe, test } from 'vitest'
import { duck, Every, folder, parts, plain } from '../test/helpers.ts'

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const row = (i: number): Every => ({ ...plain, small: i })
const rowsOf = (numbers: readonly unknown[]) => numbers.map((small) => row(Number(small)))

/** The column that tells rows apart, as somebody else's reader finds it. */
const read: Record<string, (path: string, names: readonly string[]) => Promise<readonly unknown[]>> = {
  parquet: async (path) => (await duck(`SELECT small FROM read_parquet('${path}/*.parquet')`)).map(({ small }) => small),
  csv: async (path) => (await duck(`SELECT small FROM read_csv('${path}/*.csv', header = true)`)).map(({ small }) => small),
  json: async (path, names) =>
    (await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')))).flatMap((text) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).small),
    ),
  arrow: async (path, names) =>
    (await Promise.all(names.map((name) => readFile(join(path, name))))).flatMap((bytes) =>
      tableFromIPC(bytes)
        .toArray()
        .map((found) => found.small),
    ),
}

const sinks: Record<string, (path: string, options?: FileSinkOptions) => Sink<Every>> = {
  parquet: (path) => parquetSink(path),
  arrow: (path) => arrowSink(path),
  json: (path) => jsonSink(path),
  csv: (path) => csvSink(path),
}

for (const [format, sink] of Object.entries(sinks)) {
  apply(
    `${format}Sink`,
    sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const path = join(await folder(), 'dataset')
        const names = () => parts(path).catch(() => [])
        return {
          open: () => sink(path),
          visible: async () => {
            const found = await names()
            return found.length === 0 ? null : rowsOf((await read[format]?.(path, found)) ?? [])
          },
          staged: async () =>
            (await readdir(join(path, '.staging'), { recursive: true, withFileTypes: true }))
              .filter((entry) => entry.name.endsWith('.tmp'))
              .map(({ name }) => name),
        }
      },
    }),
  )
}

apply(
  'callbackSink',
  sinkContract<Every>({
    schema: Every,
    row,
    twoPhase: false,
    make: async () => {
      const seen: Every[] = []
      return { open: () => callbackSink<Every>((batch) => void seen.push(...batch)), visible: async () => (seen.length === 0 ? null : seen) }
    },
  }),
)
