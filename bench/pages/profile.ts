import { markdownTable } from '../docs.ts'
import type { Hot, ProfileResult } from '../profile.ts'
import { measured } from '../runner/machine.ts'
import type { Page } from './page.ts'

const shares = (of: string, list: readonly Hot[]) =>
  markdownTable(
    [of, '% of busy'],
    list.map(({ place, percent }) => [place, percent.toFixed(1)]),
  )

/** Where the time goes: a table for each thread. */
export function profilePage({ circumstances, rows, threads }: ProfileResult): Page {
  const lines = threads.flatMap(({ thread, busy, idle, areas, hot }) => [
    `**${thread}**: busy ${(busy / 1000).toFixed(1)} s, idle ${(idle / 1000).toFixed(1)} s`,
    '',
    ...shares('own time in the code of', areas),
    '',
    ...shares('own time in the function', hot),
    '',
  ])
  lines.push(`${rows.toLocaleString('en')} tickets from a file, four outputs, start-up included. ${measured(circumstances)}.`)
  return { marker: 'profile', lines, pictures: [] }
}
