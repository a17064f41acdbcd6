import { bufferCount, concat, defer, filter, from, map, type Observable, Subject } from 'rxjs'
import * as z from 'zod'
import { type NaiveRow, writeRows } from './naive-parquet.ts'

const Ticket = z.object({
  ticket_id: z.uuid(),
  client_id: z.string().regex(/^CLIENT_[1-9]\d{3}$/),
  created_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  request: z.string().min(1),
  request_type: z.enum(['billing', 'technical', 'account', 'general']),
  priority: z.enum(['low', 'medium', 'high', 'critical']),
})
type Ticket = z.output<typeof Ticket>

const teams = { billing: 'Billing Team', technical: 'Technical Support', account: 'Account Management', general: 'General Support' }
const ROWS_A_FILE = 100_000
const MINUTE = 60_000

/** Counts by minute and key; the counts come when there are no more rows. */
function windowsBy(tickets: Observable<Ticket>, by: 'request_type' | 'priority'): Observable<NaiveRow> {
  const windows = new Map<string, { start: number; key: string; tickets: number; clients: Set<string> }>()
  tickets.subscribe((ticket) => {
    const start = Math.floor(ticket.created_at.getTime() / MINUTE) * MINUTE
    const name = `${start} ${ticket[by]}`
    const window = windows.get(name) ?? { start, key: ticket[by], tickets: 0, clients: new Set() }
    windows.set(name, window)
    window.tickets++
    window.clients.add(ticket.client_id)
  })
  const counted = defer(() => from(windows.values()))
  const rows = counted.pipe(map(({ start, key, tickets, clients }) => ({ window_start: new Date(start), [by]: key, tickets, clients: clients.size })))
  // The rows come when the tickets have.
  return concat(tickets.pipe(filter((_): _ is never => false)), rows)
}

/**
 * The job as one writes it first: `JSON.parse`, zod, one RxJS event a row, `vectorFromArray`. At most once, and all windows in memory to the end:
 * it is here to show what the design buys.
 */
export function naiveFlows(out: string): { line: (line: string) => void; end: () => void } {
  const lines = new Subject<string>()
  const tickets = new Subject<Ticket>()
  const write = (name: string, rows: Observable<NaiveRow>) =>
    rows.pipe(bufferCount(ROWS_A_FILE)).subscribe({ next: numbered((file, buffer) => writeRows(`${out}/${name}`, file, buffer)) })
  const enriched = tickets.pipe(map((ticket) => ({ ...ticket, assigned_team: teams[ticket.request_type] })))
  write('tickets_with_assignment', enriched)
  write('high_priority_tickets', enriched.pipe(filter(({ priority }) => priority === 'high' || priority === 'critical')))
  write('tickets_by_type', windowsBy(tickets, 'request_type'))
  write('tickets_by_priority', windowsBy(tickets, 'priority'))
  lines
    .pipe(
      map((line) => Ticket.safeParse(JSON.parse(line))),
      filter((parsed) => parsed.success),
      map((parsed) => parsed.data),
    )
    .subscribe(tickets)
  return { line: (line) => lines.next(line), end: () => lines.complete() }
}

function numbered<T>(work: (n: number, value: T) => void): (value: T) => void {
  let n = 0
  return (value) => work(n++, value)
}
