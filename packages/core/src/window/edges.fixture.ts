import { count } from '../aggregate/count.ts'
import { windowed } from '../operators/windowed.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import type { Window } from './engine/window.ts'

/** What comes out is given step by step: what each text feeds, emits and finds late. */
export type Step = readonly [feed: string, emits: string, late?: string]
export type Line = readonly [reason: string, window: Window, ...steps: Step[]]

/** How the rows of a line arrive. Each way has to give the same results. */
export const ways: readonly (readonly [string, object, (feed: string) => string, string])[] = [
  ['one partition', {}, (feed) => feed, ''],
  ['a restart after each row', {}, (feed) => feed.replace(/(\S+@\S+)/g, '$1 X'), ''],
  ['a commit after each row', {}, (feed) => feed.replace(/(\S+@\S+)/g, '$1 B X'), ''],
  [
    'several partitions, the others idle',
    { partitions: 3, keyedBy: ['client_id'] },
    (feed) => feed.replace(/(\S+@|W)/g, 'p1:$1').replace(/(\S+@\S+)/g, '$1 X'),
    '~60s',
  ],
]

const counted = (window: Window) =>
  windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(window, { by: 'client_id', aggregate: { n: count() } })

/** Checks what each step of a line emits and finds late, when its rows arrive in one of `ways`. */
export function checkLine([, options, change, before]: (typeof ways)[number], window: Window, steps: readonly Step[]): void {
  const run = scenario(Ticket, counted(window), options)
  if (before) run.feed(before)
  for (const [feed, emits, late = ''] of steps) run.feed(change(feed)).emits(emits).late(late)
}
