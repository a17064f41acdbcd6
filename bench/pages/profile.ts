import { markdownTable } from '../docs.ts'
import type { ProfileResult } from '../profile.ts'
import { inWords } from '../runner/machine.ts'
import type { Page } from './page.ts'

/** Where the time goes: a table for each thread. */
export function profilePage({ circumstances, rows, threads }: ProfileResult): Page {
  const lines = threads.flatMap(({ thread, busy, idle, hot }) => [
    `**${thread}**: busy ${(busy / 1000).toFixed(1)} s, idle ${(idle / 1000).toFixed(1)} s`,
    '',
    ...markdownTable(
      ['own time in', '% of busy'],
      hot.map(({ place, percent }) => [place, percent.toFixed(1)]),
    ),
    '',
  ])
  lines.push(`${rows.toLocaleString('en')} tickets from a file, four outputs, start-up included. Measured ${inWords(circumstances)}.`)
  return { marker: 'profile', lines, pictures: [] }
}
