import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitor, serveMonitor } from '@tickets/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { startPrometheus } from '../../../../test/prometheus/prometheus.ts'
import { programOf } from '../../../../test/prometheus/promtool.ts'
import { type Alert, alerts } from '../../operations/alerts.ts'
import { rulesFile } from '../../operations/rules-file.ts'
import { faults, start } from './faults.ts'

const path = await programOf('prometheus')

/** An alert whose minutes are seconds. */
const quick = (alert: Alert): Alert => ({
  ...alert,
  for: inSeconds(alert.for),
  expr: inSeconds(alert.expr.replaceAll('* 60', '* 1')),
})
const inSeconds = (text: string) =>
  text.replaceAll(/\b(\d+)([mhd])\b/g, (_, n: string, unit: string) => `${Number(n) * ({ m: 1, h: 60, d: 1440 }[unit] ?? 0)}s`)

test('the minutes of a rule become seconds', () => {
  expect(inSeconds('deriv(sum by (a) (b)[15m:1m]) > 0 unless c[1d] offset 5m')).toBe('deriv(sum by (a) (b)[15s:1s]) > 0 unless c[1440s] offset 5s')
})

test('every alert is tried by a fault', () => {
  expect(new Set(faults.flatMap(({ fires }) => fires))).toEqual(new Set(alerts.map(({ name }) => name)))
})

test.skipIf(path === null)('each fault of a pipeline makes its alerts fire in Prometheus, and no other', async () => {
  const watched = monitor()
  const server = await serveMonitor(watched, { port: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'tickets-prometheus-'))
  const prometheus = await startPrometheus({
    path: path ?? '',
    folder,
    rules: rulesFile(alerts.map(quick)),
    target: new URL(server.url).host,
    interval: '1s',
    lookback: '5s',
  })
  const running = faults.map((fault) => start(fault, watched))
  const timer = setInterval(() => {
    for (const one of running) one.tick()
  }, 100)
  onTestFinished(async () => {
    clearInterval(timer)
    await Promise.all(running.map((one) => one.stop()))
    await prometheus.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  // All are seen in good health, so that Prometheus knows them.
  await until(async () => (await prometheus.query('tickets_up == 1')).length === faults.length)
  expect(await fired()).toEqual([])
  for (const one of running) one.break()
  const expected = faults.flatMap(({ name, fires }) => fires.map((alert) => `${name}: ${alert}`)).sort()
  await until(async () => {
    const now = await fired()
    return expected.every((one) => now.includes(one))
  })
  expect(await fired()).toEqual(expected)

  /** What has fired so far. */
  async function fired(): Promise<string[]> {
    const found = await prometheus.query('count by (pipeline, alertname) (count_over_time(ALERTS{alertstate="firing"}[1h]))')
    return found.map(({ metric: { pipeline, alertname } }) => `${pipeline}: ${alertname}`).sort()
  }
})

/** Resolves once this is so. The limit is that of the test. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 250))
}
