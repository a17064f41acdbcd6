import { expect, test } from 'vitest'
import type { CommitLog, PipelineRecord } from '../../connectors/commit-log.ts'
import { CHANGES } from '../../records/change-count.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { type Change, FENCES, type Fence, type Standpoint, versionedName, withChanges } from './change-record.ts'

const print = (...flows: string[]) => ({
  source: { name: 'row', fields: [] },
  flows: Object.fromEntries(flows.map((flow) => [flow, { operators: [], schema: { name: flow, fields: [] } }])),
})
const begun: PipelineRecord = {
  name: 'p',
  logId: 'x',
  topics: [],
  partitions: [{ id: 't-0', start: 5 }],
  fingerprint: print('a'),
  targets: { a: 'memory:a' },
  remove: {},
}
const at = (n: number, to: number, merged = -1): Standpoint => ({ heads: { 't-0': { n, watermark: null, idle: false, ended: false, to } }, merged })
const change = (body: Partial<Change>): Change =>
  ({
    added: [],
    gone: [],
    versions: {},
    merges: true,
    targets: {},
    remove: {},
    isFenced: true,
    ...at(3, 30),
    fingerprint: print('a'),
    ...body,
  }) as Change

async function logOf(changes: readonly Partial<Change>[], fences: readonly Fence[] = []): Promise<CommitLog> {
  const log = memoryLog()
  for (const [n, body] of changes.entries()) await log.append(CHANGES, { n, attempt: 'a', files: {}, body: change(body) })
  for (const [n, body] of fences.entries()) await log.append(FENCES, { n, attempt: 'a', files: {}, body })
  return log
}

test('a version is called by the flow and its number, and the first by the flow alone', () => {
  expect([versionedName('a', undefined), versionedName('a', { version: 2, beside: true })]).toEqual(['a', 'a.v2'])
})

test('without changes the log is what it began as', async () => {
  const record = await withChanges(memoryLog(), begun)
  expect(record).toMatchObject({ ...begun, changes: 0, open: null, mergeFrom: null, merges: null, fills: [] })
  expect(record.spans).toEqual({ a: [{ from: null, to: null }] })
})

test('a change is open until it is fenced, and counts from its fence', async () => {
  const joins: Partial<Change> = { added: ['b'], fingerprint: print('a', 'b'), targets: { b: 'memory:b' } }
  const open = await withChanges(await logOf([joins]), begun)
  expect(open).toMatchObject({ changes: 1, open: { n: 0 }, joined: { b: at(3, 30) } })
  const fill = { name: 'change_0', flows: ['b'], parts: [] }
  const fenced = await withChanges(await logOf([joins], [{ change: 0, at: at(4, 40), fill }]), begun)
  expect(fenced).toMatchObject({ changes: 1, open: null, joined: { b: at(4, 40) }, mergeFrom: at(4, 40).heads, fills: [fill] })
  expect(fenced.targets).toEqual({ a: 'memory:a', b: 'memory:b' })
  expect(fenced.spans.b).toEqual([{ from: at(4, 40), to: null }])
})

test('a change that was withdrawn counts for nothing but its number', async () => {
  const record = await withChanges(await logOf([{ gone: ['a'], fingerprint: print() }], [{ change: 0, at: null }]), begun)
  expect(record).toMatchObject({ changes: 1, open: null, fingerprint: print('a'), gone: {} })
})

test('a change from before there were fences counts from where it was decided', async () => {
  const { isFenced: _, ...old } = change({ added: ['b'], fingerprint: print('a', 'b') })
  const log = memoryLog()
  await log.append(CHANGES, { n: 0, attempt: 'a', files: {}, body: old })
  expect(await withChanges(log, begun)).toMatchObject({ changes: 1, open: null, mergeFrom: at(3, 30).heads, unnoted: ['a', 'b'] })
})

test('a flow that went and came back ran twice', async () => {
  const changes: Partial<Change>[] = [
    { gone: ['a'], fingerprint: print() },
    { added: ['a'], fingerprint: print('a') },
  ]
  const fences: Fence[] = [
    { change: 0, at: at(4, 40) },
    { change: 1, at: at(9, 90) },
  ]
  expect((await withChanges(await logOf(changes.slice(0, 1), fences.slice(0, 1)), begun)).gone).toHaveProperty('a')
  const record = await withChanges(await logOf(changes, fences), begun)
  expect(record.gone).toEqual({})
  expect(record.spans.a).toEqual([
    { from: null, to: at(4, 40) },
    { from: at(9, 90), to: null },
  ])
})

test('a merge begins at the change that first gives it work, and not anew at a later one', async () => {
  const fence = (n: number): Fence => ({ change: n, at: at(10 * n, 10 * n) })
  const from = async (...changes: Partial<Change>[]) =>
    (
      await withChanges(
        await logOf(
          changes,
          changes.map((_, n) => fence(n)),
        ),
        begun,
      )
    ).mergeFrom?.['t-0']?.n
  expect(await from({ merges: false })).toBeUndefined()
  expect(await from({ merges: false }, { merges: true })).toBe(10)
  // The merge of the first change has no record yet: what its windows have since then must not be skipped.
  expect(await from({ merges: true }, { merges: true })).toBe(0)
  expect(await from({ merges: true, merged: 7 }, { merges: true, merged: 8 })).toBeUndefined()
  expect(await from({ merges: false, merged: 7 }, { merges: true, merged: 8 })).toBe(10)
})
