import { ticketStream } from '@tickets/core'

/** How many clients a generated trace has: each is a lane of windows. */
const CLIENTS = 3

/**
 * Returns generated tickets as a trace: out of order, over two partitions, with commits, a crash, a partition that pauses, and the end.
 *
 * @example
 * ticketTrace(7).split(' ')[0] // 'p1:b@1.2'
 */
export function ticketTrace(seed: number): string {
  const tickets = [...ticketStream({ seed, tickets: 32, partitions: 2, spacing: '1.6 seconds', disorder: '4 seconds', start: new Date(4000) })]
  const words = tickets.map(({ client_id, created_at }, i) => {
    const key = 'abc'[[...client_id].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % CLIENTS]
    const partition = i % 2 === 1 && !(i > 14 && i < 24) ? 'p1:' : ''
    return `${partition}${key}@${Math.max(0, Math.round(created_at.getTime() / 100) / 10)}`
  })
  const more = new Map([
    [5, '|'],
    [9, 'commit'],
    [13, 'crash'],
    [17, 'commit'],
    [22, 'idle'],
    [26, 'commit'],
  ])
  return [...words.flatMap((word, i) => [word, more.get(i) ?? []].flat()), 'end'].join(' ')
}
