import { expect, test } from 'vitest'
import { memoryLog } from '../../testing/memory-log.ts'
import { checkAtRest, isOf, partitionTasks } from './at-rest.ts'
import { type ChangedRecord, withChanges } from './change-record.ts'

const task = (body: object = {}) => ({ partials: {}, ended: false, to: 0, ...body })
const record = (log: ReturnType<typeof memoryLog>): Promise<ChangedRecord> =>
  withChanges(log, {
    name: 'at-rest',
    logId: 'x',
    topics: [],
    partitions: [{ id: 't-0', start: 0 }],
    fingerprint: { source: { name: 'row', fields: [] }, flows: { plain: { operators: [] }, windows: { operators: [['windowed', {}]] } } } as never,
    remove: {},
  })

test('an output is of a flow where it is its end or its late rows', () => {
  expect(['a', '@late:a/w', 'ab', '@late:ab/w', '@late'].map((output) => isOf(['a'], output))).toEqual([true, true, false, false, false])
})

test('partitions that joined later are tasks too, and the merge is none', async () => {
  const log = memoryLog()
  expect(await partitionTasks(log, ['merge', 't-0'])).toEqual(['t-0'])
  await log.append('merge', { n: 0, attempt: 'a', files: {}, body: { position: {}, joined: ['t-1'] } })
  expect(await partitionTasks(log, ['merge', 't-0'])).toEqual(['t-0', 't-1'])
})

test('files, a backfill and windows that are left open keep flows from changing', async () => {
  const refused = async (setUp: (log: ReturnType<typeof memoryLog>) => Promise<unknown>, gone: string[], says: string | null) => {
    const log = memoryLog()
    await setUp(log)
    const checked = checkAtRest(log, await record(log), ['t-0'], gone)
    if (says === null) await checked
    else await expect(checked).rejects.toMatchObject({ code: 'PIPELINE_CHANGED', message: expect.stringContaining(says) })
  }
  const head =
    (files: Record<string, object>, body = {}) =>
    (log: ReturnType<typeof memoryLog>) =>
      log.append('t-0', { n: 0, attempt: 'a', files: files as never, body: task(body) })
  await refused(head({}), ['plain'], null)
  await refused(head({ windows: {} }), ['plain'], null)
  await refused(head({ plain: {} }), ['plain'], 'the flow "plain" goes, and record 0 of t-0 names files of it')
  await refused(head({ '@late:plain/w': {} }), ['plain'], 'record 0 of t-0 names files of it')
  await refused(head({ plain: {} }), [], null)
  await refused(head({}, { partials: { 'windows/windowed': [] } }), ['windows'], 'its windows of t-0 are not shown')
  await refused(head({}, { partials: { 'windows/windowed': [] } }), [], 'the flows of this log change, and its windows of t-0 are not shown')
  const backfill = (log: ReturnType<typeof memoryLog>) =>
    log.append('backfills', { n: 0, attempt: 'a', files: {}, body: { name: 'first', parts: [{ task: 'b-0', partition: 't-0', from: 0, to: 1 }] } })
  await refused(backfill, [], 'the backfill "first" is not finished')
  const done = (log: ReturnType<typeof memoryLog>) => log.append('b-0', { n: 0, attempt: 'a', files: {}, body: task({ ended: true }) })
  await refused(async (log) => [await backfill(log), await done(log)], [], null)
})

test('a flow with memory goes once the merge has all records; one without need not wait', async () => {
  const log = memoryLog()
  for (const n of [0, 1]) await log.append('t-0', { n, attempt: 'a', files: {}, body: task() })
  await log.append('merge', { n: 0, attempt: 'a', files: {}, body: { position: { 't-0': 0 }, joined: [] } })
  const at = await record(log)
  await expect(checkAtRest(log, at, ['t-0'], ['windows'])).rejects.toThrow('the merge has not taken in all records')
  await checkAtRest(log, at, ['t-0'], ['plain'])
  await checkAtRest(log, { ...at, merges: false }, ['t-0'], ['windows'])
  await log.append('merge', { n: 1, attempt: 'a', files: {}, body: { position: { 't-0': 1 }, joined: [] } })
  await checkAtRest(log, at, ['t-0'], ['windows'])
})
