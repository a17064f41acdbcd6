import { expect, test } from 'vitest'
import { StateReader, StateWriter } from './columns/state-bytes.ts'
import { readHead, writeHead } from './snapshot-head.ts'

test('what it writes it reads back, also before the first row', () => {
  for (const head of [
    { watermark: Number.NEGATIVE_INFINITY, revision: 0 },
    { watermark: 1.5, revision: 7 },
  ]) {
    const out = new StateWriter()
    writeHead(head, out)
    const from = new StateReader(out.copy())
    expect([readHead(from, 'totals'), from.isAtEnd]).toEqual([head, true])
  }
})

test('the form of another release is refused', () => {
  expect(() => readHead(new StateReader(Uint8Array.of(9)), 'totals')).toThrow(
    expect.objectContaining({ code: 'OPERATOR_STATE', message: expect.stringContaining('"totals" has format 9') }),
  )
})
