import { type Spread, spread } from '../shared/statistics.ts'
import type { Dataset } from './datasets.ts'
import { type FormatReader, type Query, queries } from './reader.ts'

/** One row of bench/results/formats.json. */
export interface FormatRow extends Pick<Dataset, 'name' | 'bytes' | 'files'> {
  /** Seconds. */
  readonly read: Readonly<Record<Query, Spread>>
  /** Queries whose rows are not those of the first dataset. */
  readonly wrong: readonly Query[]
}

/** Asks each dataset each question in turns, `repeats` times after one that warms up, and compares the rows. */
export async function measureFormats(datasets: readonly Dataset[], reader: FormatReader, repeats: number): Promise<FormatRow[]> {
  const rows = datasets.map(({ name, bytes, files }) => ({
    name,
    bytes,
    files,
    times: { all: [], teams: [], client: [] } as Record<Query, number[]>,
    wrong: new Set<Query>(),
  }))
  const right = new Map<Query, string>()
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const query of queries) {
      for (const [i, dataset] of datasets.entries()) {
        const asked = await reader.ask(dataset, query)
        const text = JSON.stringify(asked.rows)
        if (!right.has(query)) right.set(query, text)
        if (right.get(query) !== text) rows[i]?.wrong.add(query)
        if (repeat > 0) rows[i]?.times[query].push(asked.seconds)
      }
    }
  }
  return rows.map(({ times, wrong, ...row }) => ({
    ...row,
    read: { all: spread(times.all), teams: spread(times.teams), client: spread(times.client) },
    wrong: [...wrong],
  }))
}
