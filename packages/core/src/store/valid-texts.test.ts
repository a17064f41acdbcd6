import { expect, test } from 'vitest'
import * as z from 'zod'
import { fromRecordBatch, readIpc, toRecordBatch } from '../arrow.ts'
import { Batch, internals, join, pick } from '../batch/batch.ts'
import { ipcStream } from '../batch/ipc.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { areValidTexts, noteValidTexts } from './valid-texts.ts'

const Note = defineSchema(z.object({ at: instant(), text: z.string(), parts: z.array(z.string()) }), { name: 'note', time: 'at' })
const notes = () =>
  Batch.of(Note, [
    { at: new Date(0), text: 'a', parts: ['b'] },
    { at: new Date(1), text: 'é', parts: [] },
  ])
const batch = notes()
for (const column of internals.columns(batch)) noteValidTexts(column)
const known = (of: Batch<unknown>) =>
  internals
    .columns(of)
    .slice(1)
    .map((data) => areValidTexts(data.children[0] ? data.children[0].values : data.values))

test('texts that a decoder wrote are known to be valid, also inside of lists, in copies and in parts joined', () => {
  expect(known(batch)).toEqual([true, true])
  expect(known(pick(batch, Int32Array.of(1)))).toEqual([true, true])
  expect(known(join([batch, batch]))).toEqual([true, true])
  expect(known(fromRecordBatch(Note, toRecordBatch(batch)))).toEqual([true, true])
})

test('nothing is known of other texts, nor of what was joined with them', () => {
  expect(known(notes())).toEqual([false, false])
  const [elsewhere] = readIpc(ipcStream(Note, [batch])).batches
  const foreign = fromRecordBatch(Note, elsewhere as NonNullable<typeof elsewhere>)
  expect(known(foreign)).toEqual([false, false])
  expect(known(pick(foreign, Int32Array.of(1)))).toEqual([false, false])
  expect(known(join([batch, foreign]))).toEqual([false, false])
})
