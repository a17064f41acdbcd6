import { expect, test } from 'vitest'
import * as z from 'zod'
import { type Batch, internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { KeyedOutput } from './keyed-output.ts'

const Row = defineSchema(z.object({ n: z.int(), at: instant() }), { name: 'row', time: 'at' })
type Row = z.output<typeof Row.zod>
const row = (n: number): Row => ({ n, at: new Date(n) })

function collected() {
  const batches: Batch<Row>[] = []
  return { batches, output: new KeyedOutput<Row>(Row, 'task', (batch) => void batches.push(batch)) }
}

test('emits rows with their watermarks and positions', () => {
  const { batches, output } = collected()
  output.flush()
  output.add(row(1), 5, 70)
  output.add(row(2), 6, 71)
  output.flush()
  output.flush()
  expect(batches.map((batch) => batch.toArray())).toEqual([[row(1), row(2)]])
  const [batch] = batches as [Batch<Row>]
  expect(internals.metadata(batch)).toEqual({ watermarks: Float64Array.of(5, 6), offsets: Float64Array.of(70, 71) })
  expect(internals.origin(batch)).toBe('task')
})

test('an empty batch carries the schema, and of windows where they come from', () => {
  const { batches, output } = collected()
  output.carried = { windowOrigin: { delay: 3, updates: false, claim: () => {} } }
  output.emit()
  const [batch] = batches as [Batch<Row>]
  expect([batch.length, batch.schema, internals.metadata(batch)?.windowOrigin?.delay]).toEqual([0, Row, 3])
})

test('cuts what is too long for one batch', () => {
  const { batches, output } = collected()
  for (let n = 0; n < 16_385; n++) output.add(row(n), 0, 0)
  output.flush()
  expect(batches.map(({ length }) => length)).toEqual([16_384, 1])
})
