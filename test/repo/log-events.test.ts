import ts from 'typescript'
import { expect, test } from 'vitest'
import { logEvents } from '../../packages/core/src/base/log/log-events.ts'
import { PAGE, withEvents } from '../../scripts/log-docs.ts'
import { read } from './files.ts'
import { isSource, sourceGraph } from './graph.ts'

/** Files that call loggers themselves, and why. */
const reasons = new Map([
  ['packages/core/src/base/log/log-events.ts', 'is what the others call'],
  ['packages/core/src/base/log/logger.ts', 'makes loggers of loggers'],
  ['packages/core/src/base/log/harmless.ts', 'makes loggers of loggers'],
])

/** The calls of a text: those of a logger's methods, and the names of the events that are logged. */
function logged(path: string, text: string): { direct: string[]; events: string[] } {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found = { direct: [] as string[], events: [] as string[] }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const { expression } = node
      const on = ts.isPropertyAccessExpression(expression) || ts.isElementAccessExpression(expression) ? expression.expression : null
      if (on && /logger\)?$/i.test(on.getText(file))) found.direct.push(`${path}: ${expression.getText(file)}`)
      const event = node.arguments[1]
      if (['logEvent', 'passOn'].includes(expression.getText(file)) && event)
        found.events.push(ts.isStringLiteral(event) ? event.text : event.getText(file))
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const sources = sourceGraph()
  .files.filter(isSource)
  .map((path) => ({ path, ...logged(path, read(path)) }))

test('calls of a logger and of an event are found', () => {
  const text = "logger.warn('a'); this.#o.logger?.debug('b'); logger?.[level]('c'); logEvent(logger, 'task.retried', {}, 'd'); out.error(e)"
  expect(logged('x.ts', text)).toEqual({
    direct: ['x.ts: logger.warn', 'x.ts: this.#o.logger?.debug', 'x.ts: logger?.[level]'],
    events: ['task.retried'],
  })
})

test('whatever is logged is an event of the catalogue', () => {
  expect(sources.filter(({ path }) => !reasons.has(path)).flatMap(({ direct }) => direct)).toEqual([])
  // A file that needs no reason any more has none.
  expect([...reasons.keys()].filter((path) => sources.find((one) => one.path === path)?.direct.length === 0)).toEqual([])
})

test('every event of the catalogue is logged somewhere, and no other is', () => {
  expect([...new Set(sources.flatMap(({ events }) => events))].sort()).toEqual(Object.keys(logEvents).sort())
})

test('the page has the events of the catalogue: node scripts/log-docs.ts', () => {
  const page = read(PAGE)
  expect(page).toMatch(/\| `task\.retried` +\| warn +\|/)
  expect(withEvents(page)).toBe(page)
})
