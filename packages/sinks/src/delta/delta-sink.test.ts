import { type DeltaOptions, day, deltaSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { numbersIn } from '../../test/delta-helpers.ts'
import type { Every } from '../../test/helpers.ts'
import { checkLaterVersion, dieAtEveryCall, type TableKind, tableContract } from '../../test/table-cases.ts'

type Options = DeltaOptions<Every>
const table: TableKind<Options> = { sink: (path, options) => deltaSink<Every>(path, options), numbersIn }
const layouts: Readonly<Record<string, Options>> = {
  'in one folder': {},
  'in partitions': { partitionBy: ['yes', day('at')] },
  'with a key': { key: 'small' },
}

for (const [layout, options] of Object.entries(layouts)) tableContract(`deltaSink ${layout}`, table, options)

test.each(Object.entries(layouts))('6.6 death at every call to the file system, before or after it happened: each row once: %s', (_, options) =>
  dieAtEveryCall(table, options, 40),
)

test('a later version of a flow has a table of its own beside the first', () => checkLaterVersion(table, {}))

test('the format of a sink without a key is that of earlier releases, so that their logs continue', () => {
  const format = (options: Options) => deltaSink<Every>('x', options).format
  expect([format({}), format({ key: [] }), format({ partitionBy: ['yes'] })]).toEqual(['delta', 'delta', 'delta by yes'])
  expect(format({ key: 'small', deleteWhen: 'yes', partitionBy: [day('at')] })).toBe('delta by at_date(at) with key small and deleteWhen yes')
})
