import { monitor } from '@tickets/monitor'
import { expect, test } from 'vitest'
import { loadRunnable, loadRunnableModule } from '../feeds/runnable.ts'
import { lakeModule } from './lake.fixture.ts'
import { runModule, sayer } from './run-module.ts'

const run = async (path: string, more: Partial<Parameters<typeof runModule>[1]> = {}) => {
  const said: string[] = []
  const end = await runModule(await loadRunnable(path), { say: (event) => said.push(event), every: 10_000, ...more })
  return { ...end, said }
}

test.each([
  ['a pipeline', 'lake()'],
  ['a function', 'async () => lake()'],
  ['feeds', 'feeds({ lake: { pipeline: () => lake() } })'],
])('telemetry watches %s, beside its own', async (_, exported) => {
  const watched = monitor()
  expect(await run(await lakeModule('tickets: 20', exported), { telemetry: watched })).toEqual({ code: 0, isDone: true, said: ['ended'] })
  expect(watched.status()).toMatchObject([{ name: 'lake', state: 'done', graph: { outputs: [{ flow: 'all' }] } }])
})

test('the telemetry of the pipeline itself still watches', async () => {
  const path = await lakeModule('tickets: 20', 'lake({ telemetry: own })', 'export const own = dashboard()')
  const own = (await loadRunnableModule(path)).exported.find((one) => 'status' in (one as object)) as ReturnType<typeof monitor>
  const watched = monitor()
  await run(path, { telemetry: watched })
  for (const one of [own, watched]) expect(one.status()).toMatchObject([{ state: 'done' }])
})

test('feeds of which one has failed end with 1', async () => {
  const exported = 'feeds({ good: { pipeline: () => lake() }, bad: { pipeline: () => { throw new Error("no") } } })'
  expect(await run(await lakeModule('tickets: 3', exported))).toMatchObject({ code: 1, isDone: true })
})

test('sayer prints lines, or objects', () => {
  let out = ''
  for (const json of [false, true]) sayer((text) => (out += text), json)('ended', { rows: 3 }, 'three rows')
  expect(out).toBe('three rows\n{"event":"ended","rows":3}\n')
})
