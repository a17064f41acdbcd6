import { defineSchema, instant, type Staged } from '@tickets/core'
import { bucket, day, type FileOptions, jsonSink, parquetSink, yearMonthDay } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { commit, Every, folder, plain, task } from './helpers.ts'

test('too many partitions in a range, or a value too long for a folder, stop with what to do', async () => {
  const rows = Array.from({ length: 12 }, (_, small) => ({ ...plain, small }))
  await commit(jsonSink(await folder(), { partitionBy: ['small'], maxPartitions: 12 }), rows)
  for (const partitionBy of [['small'], ['yes', 'small'], ['small', day('at')]] as const) {
    await expect(commit(jsonSink<Every>(await folder(), { partitionBy, maxPartitions: 11 }), rows)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: false,
      message: expect.stringMatching(/more than 11 partitions .*raise maxPartitions/),
    })
  }
  const long = commit(jsonSink(await folder(), { partitionBy: ['text'] }), [{ ...plain, text: '😀'.repeat(63) }])
  await expect(long).rejects.toMatchObject({
    code: 'SINK_FAILED',
    retryable: false,
    message: expect.stringMatching(/"text" is too long .*257 bytes/),
  })
  const deep = await folder()
  const options: FileOptions<Every> = { partitionBy: Array.from({ length: 20 }, (_, i) => day('at', { as: `${'d'.repeat(200)}${i}` })) }
  await expect(commit(jsonSink(deep, options), [plain])).rejects.toMatchObject({
    code: 'SINK_FAILED',
    message: expect.stringMatching(/path of \d+ bytes/),
  })
})

test('a dataset of which no column would be left is refused', async () => {
  const Two = defineSchema(z.object({ at: instant(), kind: z.string() }), { name: 'two', time: 'at' })
  await expect(jsonSink(await folder(), { partitionBy: ['kind'] }).open(task, Two)).resolves.toBeDefined()
  const One = { ...Two, fields: Two.fields.filter(({ name }) => name === 'kind') }
  await expect(jsonSink(await folder(), { partitionBy: ['kind'] }).open(task, One)).rejects.toMatchObject({
    message: expect.stringMatching(/keep at least one/),
  })
})

test.each([
  () => jsonSink('x', { partitionBy: 'kind' as never }),
  () => jsonSink('x', { partitionBy: [''] }),
  () => jsonSink('x', { partitionBy: [7 as never] }),
  () => jsonSink('x', { maxPartitions: 0 }),
  () => jsonSink('x', { sortBy: [] }),
  () => jsonSink('x', { sortBy: [{ by: 'x' } as never] }),
  () => day('at', { timeZone: 'Mars/Olympus' }),
  () => day(undefined as never),
  () => day('at', { as: '' }),
  () => bucket('text', 0),
  () => bucket('text', 4, { as: '' }),
  () => yearMonthDay('at', { as: ['a', 'b'] as never }),
])('nonsense is refused when it is made: %s', (make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('a log continues with the partitions that it began with', () => {
  const format = (options: FileOptions) => parquetSink('x', options).format
  expect(format({})).toBe('parquet')
  expect(format({ partitionBy: ['kind', yearMonthDay('at')] })).toBe('parquet by kind, year/month/day(at)')
  const others = [
    ['kind'],
    [day('at')],
    [yearMonthDay('at')],
    [yearMonthDay('at', { pad: true })],
    [day('at', { timeZone: 'Asia/Tokyo' })],
    [],
  ] as const
  expect(new Set(others.map((partitionBy) => format({ partitionBy }))).size).toBe(others.length)
})

test('a record that leads out of the dataset is refused, in every part of a path', async () => {
  const writer = await jsonSink(await folder()).open(task, Every)
  const bad = [
    '../part-x',
    'a=1/../part-x',
    '/part-x',
    '/a=1/part-x',
    'a=1//part-x',
    './part-x',
    'x/part-x',
    '.a=1/part-x',
    'a=1/x',
    'a=1\\..\\/part-x',
    'a=1/part-x/',
    '=/part-x',
    'a=\n/part-x',
  ]
  for (const name of bad) {
    await expect(writer.publish({ staging: '.staging/log1/all/tickets-0/0-a1', files: [{ name }] } as Staged), name).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
    })
  }
})
