import { barChart, columnChart } from '../../bench/charts.ts'
import type { Answer } from './questions.ts'

interface Chart {
  readonly title: string
  readonly unit: string
  /** Bars to the right with names, or columns along time. */
  readonly as: 'bars' | 'columns'
  /** Columns of the answer; several are put together for the label. */
  readonly label: readonly string[]
  readonly value: string
  /** Drawn in another colour. */
  readonly stands?: (row: Readonly<Record<string, string | number | null>>) => boolean
}

const isWeekend = ({ day }: { readonly day?: string | number | null }) => [0, 6].includes(new Date(`${day}`).getUTCDay())

const charts: Readonly<Record<string, Chart>> = {
  '01-volume-by-hour': {
    title: 'Tickets on an average weekday, by hour (UTC)',
    unit: 'tickets',
    as: 'columns',
    label: ['hour'],
    value: 'on_a_weekday',
  },
  '02-volume-by-team': { title: 'Tickets by team', unit: 'tickets', as: 'bars', label: ['team'], value: 'tickets' },
  '03-critical-share-by-day': {
    title: 'Critical tickets, percent of the day; weekends in grey',
    unit: 'percent',
    as: 'columns',
    label: ['day'],
    value: 'critical_percent',
    stands: isWeekend,
  },
  '04-quiet-days': {
    title: 'The slowest days',
    unit: 'percent of the average of that day of the week',
    as: 'bars',
    label: ['day_name', 'day'],
    value: 'percent_of_usual',
  },
  '05-repeat-clients': {
    title: 'Clients that came back, by the days on which they wrote',
    unit: 'clients',
    as: 'columns',
    label: ['on_days'],
    value: 'clients',
  },
  '06-busiest-clients': { title: 'The busiest clients', unit: 'tickets', as: 'bars', label: ['client_id'], value: 'tickets' },
  '07-type-by-priority': {
    title: 'Priority of each type of request',
    unit: 'percent of the type',
    as: 'bars',
    label: ['request_type', 'priority'],
    value: 'percent_of_type',
    stands: ({ priority }) => priority === 'low' || priority === 'medium',
  },
  '08-gap-between-tickets': {
    title: "Until a client's next ticket",
    unit: 'hours (median)',
    as: 'bars',
    label: ['request_type'],
    value: 'median_hours',
  },
  '09-growth-by-week': { title: 'Tickets a week', unit: 'tickets', as: 'columns', label: ['week'], value: 'tickets' },
  '10-spikes': {
    title: 'Spikes',
    unit: 'times the usual number at that hour',
    as: 'bars',
    label: ['hour_start', 'request_type'],
    value: 'times_usual',
  },
}

const text = (value: string | number | null) => String(value).replace(/T(\d\d:\d\d):00.000Z$/, ' $1')
const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** The chart of an answer, as an SVG. */
export function chartOf(name: string, { columns, rows }: Answer): string {
  const chart = charts[name]
  if (!chart) throw new Error(`examples/analyse/charts.ts has no chart for ${name}`)
  const { title, unit, as, label, value, stands } = chart
  const marks = rows.map((row) => {
    const named = Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]))
    const height = Number(named[value] ?? 0)
    return { label: label.map((column) => text(named[column] ?? null)).join(', '), value: height, ours: !stands?.(named) }
  })
  if (as === 'columns') return columnChart({ title, unit, columns: marks })
  return barChart({ title, unit, bars: marks.map((mark) => ({ ...mark, min: mark.value, max: mark.value, text: number.format(mark.value) })) })
}
