/** A line of a table of docs/performance.md: the name of a contestant, and how many times its speed ours is. */
export interface Ratio {
  readonly name: string
  readonly times: number
  /** Tickets a second, as measured. */
  readonly speed: string
}

/** What the start page says about speed; all of it is read from docs/performance.md. */
export interface Figures {
  readonly file: readonly Ratio[]
  readonly kafka: readonly Ratio[]
  /** When, on what machine, at which commit. */
  readonly fileNote: string
  readonly kafkaNote: string
}

/** Returns the ratios of the last table of a section, whose contestants gave right results. */
function ratiosOf(section: string): Ratio[] {
  const table = section.slice(section.lastIndexOf('| contestant |'))
  return [...table.matchAll(/^\| ([^|]+) \| ([\d,]+)[^|]*\| ([\d.]+) × \|/gm)].map(([, name = '', speed = '', times]) => ({
    name,
    speed,
    times: Number(times),
  }))
}

/**
 * Reads the figures of the start page.
 *
 * @throws if the page has no such tables any more
 */
export function figuresOf(page: string): Figures {
  const section = (name: string): string => {
    const found = new RegExp(`<!-- ${name} -->([\\s\\S]*?)<!-- /${name} -->`).exec(page)?.[1]
    if (found === undefined) throw new Error(`docs/performance.md has no section ${name}`)
    return found
  }
  const noteOf = (text: string) => /Measured ([^;]+);/.exec(text)?.[1] ?? ''
  const figures = { file: ratiosOf(section('from-file')), kafka: ratiosOf(section('from-kafka')) }
  if (figures.file.length < 3 || figures.kafka.length < 3) throw new Error('docs/performance.md has no tables of contestants')
  return { ...figures, fileNote: noteOf(section('from-file')), kafkaNote: noteOf(section('from-kafka')) }
}

/** The contestants that the start page shows, and their names there. */
const shown = {
  kafka: [
    ['naive Node, kafkajs', 'a plain kafkajs consumer'],
    ['Spark Structured Streaming', 'Spark Structured Streaming'],
    ['Kafka Streams', 'Kafka Streams'],
    ['Flink SQL, streaming mode', 'Flink SQL'],
  ],
  file: [
    ['Spark Structured Streaming, one foreachBatch', 'Spark, from a file'],
    ['DuckDB', 'DuckDB, a batch query'],
  ],
} as const

/** Returns the bars of the start page, as HTML: how many times as fast as each ours is, the one that is faster included. */
export function barsOf(figures: Figures): string {
  const bars = (['kafka', 'file'] as const).flatMap((kind) =>
    shown[kind].map(([begins, name]) => {
      const found = figures[kind].find((ratio) => ratio.name.startsWith(begins))
      if (!found) throw new Error(`docs/performance.md has no contestant ${begins}`)
      return { name, times: found.times }
    }),
  )
  bars.sort((a, b) => b.times - a.times)
  const most = Math.max(...bars.map(({ times }) => times))
  const rows = bars.map(
    ({ name, times }) =>
      `<tr><th scope="row">${name}</th><td><span class="bar${times < 1 ? ' lost' : ''}" style="width:${Math.max(2, Math.round((times / most) * 100))}%"></span></td><td class="times">${times < 1 ? times.toFixed(2) : times.toFixed(1)} ×</td></tr>`,
  )
  return `<table class="bars"><caption>How many times as fast as each, same job, same machine</caption><tbody>${rows.join('')}</tbody></table>`
}
