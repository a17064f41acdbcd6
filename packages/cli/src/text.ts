const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** Returns a number of bytes as text, with a unit. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${number.format(bytes / 1024 ** step)} ${units[step]}`
}

/** Returns a count with separators between thousands. */
export const count = (value: number): string => number.format(value)

/** Returns rows below a head as lines of text with columns, the last of which may be of any length. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), title.length))
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => (i === head.length - 1 ? text : text.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return `${[head, ...rows].map(line).join('\n')}\n`
}

/** Returns how long ago something was, such as `12 s ago`. */
export function ago(then: Date, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000))
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ] as const
  const [size, unit] = units.find(([least]) => seconds >= 2 * least) ?? [1, 's']
  return `${count(Math.floor(seconds / size))} ${unit} ago`
}
