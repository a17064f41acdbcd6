import { Batch, type Writer } from '@tickets/core'
import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { duck, Every, folder, plain, range, task } from '../../test/helpers.ts'

const rows = Array.from({ length: 2600 }, (_, i): Every => ({ ...plain, text: `row ${i}` }))

async function write(writer: Writer<Every>, sizes: readonly number[]): Promise<void> {
  let at = 0
  for (const size of sizes) {
    await writer.write(Batch.of(Every, rows.slice(at, at + size)))
    at += size
  }
}

async function fileOf(sizes: readonly number[]): Promise<string> {
  const path = await folder()
  const writer = await parquetSink<Every>(path).open(task, Every)
  await write(writer, sizes)
  const staged = await writer.stage(0, 'a', range(0, rows.length))
  if (staged) await writer.publish(staged)
  await writer.close()
  return JSON.stringify(await duck(`SELECT text FROM '${path}/*.parquet'`))
}

const repeat = (size: number, times: number) => Array.from({ length: times }, () => size)

test('rows keep their order however they come: one by one, a large batch among small ones, what is left over at the end of a range', async () => {
  const whole = JSON.stringify(rows.map(({ text }) => ({ text })))
  expect(await fileOf([2600])).toBe(whole)
  expect(await fileOf(repeat(1, 2600))).toBe(whole)
  expect(await fileOf([3, 2000, ...repeat(7, 85), 2])).toBe(whole)
  expect(await fileOf([1023, 1, 1024, 552])).toBe(whole)
})
