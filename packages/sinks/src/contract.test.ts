import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Case, sinkContract } from '@tickets/core/testing'
import { callbackSink, type FileFormat, type FileOptions, fileSink, yearMonthDay } from '@tickets/sinks'
import { tableFromIPC } from 'apache-arrow'
import { describe, test } from 'vitest'
import { duck, Every, folder, plain, published } from '../test/helpers.ts'

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const row = (i: number): Every => ({ ...plain, small: i, yes: i % 2 === 0 })
const rowsOf = (numbers: readonly unknown[]) => numbers.map((small) => row(Number(small)))

/** The column that tells rows apart, as somebody else's reader finds it. */
const read: Record<FileFormat, (path: string, names: readonly string[]) => Promise<readonly unknown[]>> = {
  parquet: async (path) => (await duck(`SELECT small FROM read_parquet('${path}/**/*.parquet')`)).map(({ small }) => small),
  csv: async (path) => (await duck(`SELECT small FROM read_csv('${path}/**/*.csv', header = true)`)).map(({ small }) => small),
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

const layouts: Readonly<Record<string, FileOptions<Every>>> = {
  'in one folder': {},
  'in partitions': { partitionBy: ['yes', yearMonthDay('at')] },
}
const all = (Object.keys(read) as FileFormat[]).flatMap((format) => Object.entries(layouts).map(([layout, options]) => ({ format, layout, options })))

for (const { format, layout, options } of all) {
  apply(
    `${format}Sink ${layout}`,
    sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const path = join(await folder(), 'dataset')
        const names = () => published(path).catch(() => [])
        return {
          open: () => fileSink<Every>(path, { ...options, format }),
          visible: async () => {
            const found = await names()
            return found.length === 0 ? null : rowsOf(await read[format](path, found))
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
