import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { programOf, runPromtool } from '../../../../test/prometheus/promtool.ts'
import { alerts, runbookOf } from '../../operations/alerts.ts'
import { rulesFile } from '../../operations/rules-file.ts'
import { counterCases } from './counter-cases.ts'
import { gaugeCases } from './gauge-cases.ts'
import type { RuleCase } from './rule-case.ts'

const cases = { ...counterCases, ...gaugeCases }
const tool = await programOf('promtool')
const folder = await mkdtemp(join(tmpdir(), 'tickets-rules-'))
afterAll(() => rm(folder, { recursive: true }))

/** What promtool says of cases under these rules. */
async function tried(rules: string, name: string, these: readonly RuleCase[]) {
  const alert = alerts.find((one) => one.name === name)
  const tests = these.map(({ what, series, at, fires }) => ({
    name: what,
    interval: '1m',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    alert_rule_test: [
      {
        eval_time: `${at}m`,
        alertname: name,
        exp_alerts: fires.map(({ labels, summary, description }) => ({
          exp_labels: { ...labels, severity: alert?.severity },
          exp_annotations: { summary, description, runbook_url: alert && runbookOf(alert) },
        })),
      },
    ],
  }))
  await writeFile(join(folder, 'rules.yaml'), rules)
  await writeFile(join(folder, 'tests.yaml'), stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }))
  return runPromtool(tool ?? '', ['test', 'rules', join(folder, 'tests.yaml')])
}

describe.skipIf(tool === null)('promtool', () => {
  test('accepts the rules', async () => {
    const path = join(folder, 'alerts.yaml')
    await writeFile(path, rulesFile(alerts))
    expect(await runPromtool(tool ?? '', ['check', 'rules', path])).toMatchObject({ code: 0 })
  })

  test.each(alerts.map(({ name }) => name))('%s fires when it should, and only then', async (name) => {
    const these = cases[name] ?? []
    expect(these.some(({ fires }) => fires.length > 0) && these.some(({ fires }) => fires.length === 0)).toBe(true)
    const { code, said } = await tried(rulesFile(alerts), name, these)
    expect(said).toContain('SUCCESS')
    expect(code).toBe(0)
  })

  test('fails where a rule is wrong', async () => {
    const wrong = rulesFile(alerts).replace('> 0.75', '> 0.95')
    expect(wrong).not.toBe(rulesFile(alerts))
    expect(await tried(wrong, 'TicketsMemoryNearLimit', cases.TicketsMemoryNearLimit ?? [])).toMatchObject({ code: 1 })
  })
})
