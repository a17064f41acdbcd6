import { markdownTable } from '../docs.ts'
import { measured } from '../runner/machine.ts'
import type { StepsResult } from '../steps/all.ts'
import type { Page } from './page.ts'

/** The table of steps. */
export function stepsPage({ circumstances, steps }: StepsResult): Page {
  const rows = steps.flatMap(({ name, of, results }) => results.map(({ step, µs, least, most }) => [`${name}: ${step}`, of, µs, least, most]))
  const lines = markdownTable(['step', 'µs for', 'median', 'least', 'most'], rows)
  return {
    marker: 'steps',
    lines: [...lines, '', `${measured(circumstances)}.`],
    pictures: [],
  }
}
