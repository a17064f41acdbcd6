import { TicketsError } from '@tickets/core'
import { callbackSink, type Delivery } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { Every, plain, range, sparse, task, writeRows } from '../test/helpers.ts'

test('6.3 each range is given once, before its record, with an id and its bounds', async () => {
  const given: [Every[], Delivery][] = []
  const sink = callbackSink<Every>(async (batch, delivery) => void given.push([batch.toArray(), delivery]))
  expect(sink.target).toBeNull()
  const writer = await sink.open(task, Every)
  await writeRows(writer, [plain, sparse], 1)
  expect(given).toEqual([])
  const staging = writer.stage(0, 'a', range(0, 2))
  await writeRows(writer, [sparse])
  expect(await staging).toEqual({ id: 'tickets-0/0', rows: 2 })
  await writer.publish({ id: 'tickets-0/0', rows: 2 })
  await writer.stage(1, 'a', range(2, 3))
  expect(await writer.stage(2, 'a', range(3, 3, true))).toBeNull()
  expect(given).toEqual([
    [[plain, sparse], { id: 'tickets-0/0', flow: 'all', from: 0, to: 2 }],
    [[sparse], { id: 'tickets-0/1', flow: 'all', from: 2, to: 3 }],
  ])
})

test.each([
  [new Error('503'), true],
  [new TicketsError('SINK_FAILED', 'no'), false],
  [Object.assign(new Error('400'), { retryable: false }), false],
  ['text', true],
])('a callback that throws %s stops with the name of the flow', async (thrown, retryable) => {
  const sink = callbackSink<Every>(
    () => {
      throw thrown
    },
    { target: 'crm' },
  )
  expect(sink.target).toBe('callback:crm')
  const writer = await sink.open(task, Every)
  await writeRows(writer, [plain])
  await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
    code: 'SINK_FAILED',
    retryable,
    cause: thrown,
    message: expect.stringContaining('flow "all"'),
  })
})

test('what is no function is refused', () => {
  expect(() => callbackSink(undefined as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
