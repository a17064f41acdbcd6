import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { drawn } from '../shared/summary.ts'
import type { Answer, Question } from './questions.ts'

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** Values for people: numbers with a decimal at the most, instants to the minute. */
function shown(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return number.format(value)
  return value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):.*Z$/, '$1 $2')
}

const cells = ({ columns, rows }: Answer) => [columns.map((name) => name.replaceAll('_', ' ')), ...rows.map((row) => row.map(shown))]

/** An answer as a table for a terminal. */
export const answerTable = (answer: Answer): string => drawn(cells(answer), [1])

/** The same in Markdown, numbers to the right. */
export function answerMarkdown(answer: Answer): string {
  const [head = [], ...body] = cells(answer)
  const widths = head.map((name, i) => Math.max(name.length, 4, ...body.map((row) => row[i]?.length ?? 0)))
  const isNumber = head.map((_, i) => answer.rows.some((row) => typeof row[i] === 'number'))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (isNumber[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  return [line(head), rule, ...body.map(line)].join('\n')
}

export type Reported = Question & { readonly answer: Answer; readonly chart: string }

/**
 * Writes a page with all questions, answers and charts, and each chart as an SVG beside it.
 *
 * @throws `TARGET_UNUSABLE` where the folder cannot be written to
 */
export async function writeReport(output: string, reported: readonly Reported[]): Promise<void> {
  const parts: string[] = ['# The tickets']
  for (const { name, question, answer } of reported) parts.push(`## ${question}`, `![${question}](${name}.svg)`, answerMarkdown(answer))
  try {
    await mkdir(output, { recursive: true })
    for (const { name, chart } of reported) await writeFile(join(output, `${name}.svg`), chart)
    await writeFile(join(output, 'README.md'), `${parts.join('\n\n')}\n`)
  } catch (cause) {
    throw new TicketsError('TARGET_UNUSABLE', `nothing can be written to ${output} (${(cause as Error).message}): choose another --output`, { cause })
  }
}
