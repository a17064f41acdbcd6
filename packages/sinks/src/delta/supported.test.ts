import { expect, test } from 'vitest'
import type { MetaData, Protocol } from './actions.ts'
import { checkSupported } from './supported.ts'
import { TableState } from './table-state.ts'

const good: MetaData = { id: 'x', format: { provider: 'parquet' }, schemaString: '{}', partitionColumns: [] }

function checked(protocol: Protocol | null, metaData: MetaData | null = good): void {
  const state = new TableState()
  state.apply(0, [{ protocol, metaData }])
  checkSupported(state, 'data/t')
}

test.each<Protocol>([
  { minReaderVersion: 1, minWriterVersion: 1 },
  { minReaderVersion: 1, minWriterVersion: 2 },
  { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'invariants'] },
  { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: [], writerFeatures: [] },
])('a table of protocol %j is written', (protocol) => {
  expect(() => checked(protocol)).not.toThrow()
})

test.each<[Protocol | null, MetaData | null, RegExp]>([
  [{ minReaderVersion: 1, minWriterVersion: 3 }, good, /needs writers of version 3/],
  [{ minReaderVersion: 2, minWriterVersion: 2 }, good, /needs readers of version 2/],
  [
    { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'], writerFeatures: ['deletionVectors', 'rowTracking'] },
    good,
    /has the features deletionVectors, rowTracking,/,
  ],
  [{ minReaderVersion: 1, minWriterVersion: 2 }, { ...good, schemaString: '{"metadata":{"delta.invariants":"x"}}' }, /has invariants/],
  [{ minReaderVersion: 1, minWriterVersion: 2 }, { ...good, format: { provider: 'orc' } }, /holds files of orc/],
  [null, good, /no protocol or no schema/],
  [{ minReaderVersion: 1, minWriterVersion: 2 }, null, /no protocol or no schema/],
])('one of protocol %j is refused by what it has', (protocol, metaData, message) => {
  expect(() => checked(protocol, metaData)).toThrow(message)
  expect(() => checked(protocol, metaData)).toThrow(/drop that feature of the table, or write to another folder/)
})
