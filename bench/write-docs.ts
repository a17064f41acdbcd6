/** Writes the tables of docs/performance.md from bench/results: `node bench/write-docs.ts`. */
import { markdownTable, put } from './docs.ts'
import { loadResult } from './results.ts'
import { inWords } from './runner/machine.ts'
import { type PeersResult, peersTable } from './runner/peers-table.ts'

const peers = loadResult<PeersResult>('peers')
if (peers) {
  const { outcomes, repeats, circumstances } = peers
  for (const from of ['file', 'kafka'] as const) {
    const lines: string[] = []
    for (const count of new Set(outcomes.filter((one) => one.from === from).map(({ rows }) => rows))) {
      const rows = peersTable(peers, count, from)
      const head = Object.keys(rows.reduce((a, b) => (Object.keys(b).length > Object.keys(a).length ? b : a)))
      lines.push(`${lines.length > 0 ? '\n' : ''}**${count.toLocaleString('en')} tickets**, ${repeats} runs each`, '')
      lines.push(
        ...markdownTable(
          head,
          rows.map((row) => head.map((name) => row[name] ?? '')),
        ),
      )
    }
    const versions = Object.assign({}, ...outcomes.filter((one) => one.from === from).map((one) => one.versions))
    if (lines.length > 0) {
      const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
      put(`from-${from}`, [...lines, '', `Measured ${inWords(circumstances)}; ${listed.join(', ')}.`])
    }
  }
}
