import { monitor } from '@tickets/monitor'
import { describe, expect, test } from 'vitest'
import { operations } from '../../../../scripts/operations.ts'
import { read } from '../../../../test/repo/files.ts'
import { anchorsOf } from '../../../../test/repo/pages.ts'
import { alerts, RUNBOOKS, runbookOf } from '../../operations/alerts.ts'
import { answerOf } from '../../src/http/answer.ts'
import { metricsOf, unknownNames } from './promql-names.ts'

describe('the names in a query', () => {
  test('are those of the catalogue, in selectors and in groups', () => {
    expect(unknownNames('sum by (pipeline, code) (rate(tickets_retries_total{task!="merge"}[5m])) > 0')).toEqual([])
    expect(unknownNames('max by (le, step) (tickets_range_step_seconds_bucket)')).toEqual([])
    expect(metricsOf('tickets_up unless tickets_up offset 5m or tickets_consumer_lag')).toEqual(['tickets_up', 'tickets_consumer_lag'])
  })

  test.each([
    ['tickets_lag > 0', ['tickets_lag']],
    ['tickets_up{task="a"}', ['tickets_up{task}']],
    ['sum by (pipeline, task) (tickets_up)', ['by (task) of tickets_up']],
    ['tickets_range_step_seconds', ['tickets_range_step_seconds']],
  ])('are unknown in %s', (expr, unknown) => expect(unknownNames(expr)).toEqual(unknown))

  test('are not looked for in what is no query', () => expect(() => unknownNames('sum by (tickets_up')).toThrow('no PromQL'))
})

test.each(Object.entries(operations))('%s is as its description: node scripts/operations.ts', (path, text) => {
  expect(read(path)).toBe(text)
})

test.each(alerts.map((alert) => [alert.name, alert] as const))('%s names what the catalogue has', (_, { expr }) => {
  expect(metricsOf(expr).length).toBeGreaterThan(0)
  expect(unknownNames(expr)).toEqual([])
})

test('each alert has a runbook, and each runbook an alert', () => {
  const sections = [...read(RUNBOOKS).matchAll(/^## (Tickets\w+)$/gm)].map(([, name]) => name)
  expect(sections).toEqual(alerts.map(({ name }) => name))
  const anchors = anchorsOf(RUNBOOKS)
  expect(alerts.filter((alert) => !anchors.has(runbookOf(alert).split('#')[1] ?? ''))).toEqual([])
})

describe('the commands of the runbooks', () => {
  /** The lines of all blocks in a language. */
  const linesOf = (language: string) =>
    [...read(RUNBOOKS).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, of, block]) => (of === language ? (block ?? '').trim().split('\n') : []))

  test('ask for pages that the monitor has', () => {
    const asked = linesOf('sh').map((line) => /^curl -s http:\/\/127\.0\.0\.1:9464(\/\w+)$/.exec(line)?.[1] ?? line)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((page) => answerOf(monitor(), 'HEAD', page).status === 404)).toEqual([])
  })

  test('are queries of the catalogue', () => {
    expect(linesOf('promql').length).toBeGreaterThan(5)
    expect(linesOf('promql').flatMap(unknownNames)).toEqual([])
  })
})
