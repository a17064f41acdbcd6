import { type Ticket, teams } from '@tickets/core'
import type { Answer } from '../../examples/analyse/questions.ts'

const DAY = 86_400_000
type Rows = Answer['rows']

const dayOf = ({ created_at }: Ticket) => created_at.toISOString().slice(0, 10)
const isUrgent = ({ priority }: Ticket) => priority === 'high' || priority === 'critical'
const distinct = (values: readonly string[]) => new Set(values).size
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const grouped = <K extends string | number>(all: readonly Ticket[], key: (t: Ticket) => K) => [...Map.groupBy(all, key)]

/** Some of the questions answered without SQL, from the tickets themselves, in the order that the files give. */
export const oracle: Readonly<Record<string, (all: readonly Ticket[]) => Rows>> = {
  '01-volume-by-hour': (all) => {
    const isWeekend = (t: Ticket) => [0, 6].includes(t.created_at.getUTCDay())
    const days = (some: readonly Ticket[]) => distinct(some.map(dayOf))
    const [weekdays, weekends] = [days(all.filter((t) => !isWeekend(t))), days(all.filter(isWeekend))]
    return grouped(all, (t) => t.created_at.getUTCHours())
      .sort(([a], [b]) => a - b)
      .map(([hour, some]) => [hour, some.length, some.filter((t) => !isWeekend(t)).length / weekdays, some.filter(isWeekend).length / weekends])
  },
  '02-volume-by-team': (all) =>
    grouped(all, (t) => teams[t.request_type])
      .sort(([a, x], [b, y]) => y.length - x.length || order(a, b))
      .map(([team, some]) => {
        const urgent = some.filter(isUrgent).length
        return [team, some.length, distinct(some.map((t) => t.client_id)), urgent, (100 * urgent) / some.length]
      }),
  '05-repeat-clients': (all) => {
    const repeating = grouped(all, (t) => t.client_id)
      .map(([, some]) => ({ days: distinct(some.map(dayOf)), tickets: some.length }))
      .filter(({ days }) => days > 1)
    return [...Map.groupBy(repeating, ({ days }) => Math.min(days, 10))]
      .sort(([a], [b]) => a - b)
      .map(([days, clients]) => {
        const tickets = clients.reduce((sum, client) => sum + client.tickets, 0)
        return [days, clients.length, tickets, (100 * tickets) / all.length]
      })
  },
  '08-gap-between-tickets': (all) => {
    const gaps = grouped(all, (t) => t.client_id).flatMap(([, some]) => {
      const sorted = some.sort((a, b) => a.created_at.getTime() - b.created_at.getTime() || order(a.ticket_id, b.ticket_id))
      return sorted.slice(1).map((next, i) => ({
        type: sorted[i]?.request_type ?? '',
        gap: next.created_at.getTime() - (sorted[i]?.created_at.getTime() ?? Number.NaN),
      }))
    })
    return [...Map.groupBy(gaps, ({ type }) => type)]
      .sort(([a], [b]) => order(a, b))
      .map(([type, some]) => {
        const sorted = some.map(({ gap }) => gap).sort((a, b) => a - b)
        const middle = ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2
        return [type, sorted.length, middle / 3_600_000]
      })
  },
  '09-growth-by-week': (all) => {
    // The epoch was a Thursday.
    const monday = (t: Ticket) => Math.floor((t.created_at.getTime() - 4 * DAY) / (7 * DAY)) * 7 * DAY + 4 * DAY
    const weeks = grouped(all, monday).sort(([a], [b]) => a - b)
    return weeks.map(([week, some], i) => {
      const before = weeks[i - 1]?.[1].length
      const growth = before === undefined ? null : (100 * (some.length - before)) / before
      return [new Date(week).toISOString().slice(0, 10), some.length, distinct(some.map((t) => t.client_id)), growth]
    })
  },
}
