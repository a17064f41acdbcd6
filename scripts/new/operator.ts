import type { Part } from './part.ts'

/** An operator of core: it keeps the rows that a function accepts, and passes its options on to the pipeline's fingerprint. */
export const operator: Part = {
  folder: 'packages/core/src/operators',
  entry: 'packages/core/src/index.ts',
  page: 'docs/guides/operator.md',
  packageName: '@tickets/core',
  exportsOf: ({ camel, pascal }) => [`type ${pascal}Options`, camel],
  source: ({ camel, pascal }) => `import type { OperatorFunction } from 'rxjs'
import type { Batch } from '../batch/batch.ts'
import { filterBatch } from './filter-rows.ts'
import { operate } from './operate.ts'

/** Settings of \`${camel}\`. */
export interface ${pascal}Options<T> {
  /** Returns whether a row is kept. */
  keep: (row: T) => boolean
}

/**
 * Keeps the rows for which \`keep\` is true.
 *
 * Empty batches pass, since they carry the schema. What \`keep\` throws is the error of the flow.
 *
 * @example
 * tickets.pipe(${camel}({ keep: (ticket) => ticket.priority === 'critical' })) // the critical ones
 */
export function ${camel}<T>({ keep }: ${pascal}Options<T>): OperatorFunction<Batch<T>, Batch<T>> {
  return operate<Batch<T>, Batch<T>>(
    (out, scope) => ({
      next(batch) {
        const rows = batch.toArray()
        out.next(filterBatch(batch, (i) => keep(rows[i] as T)))
      },
      ready: () => scope?.describe('${camel}', {}),
    }),
    { keeps: false },
  )
}
`,
  spec: ({ camel, kebab }) => `import { test } from 'vitest'
import { checkOperator } from '../testing/check-operator.ts'
import { forAllSplits } from '../testing/for-all-splits.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { ${camel} } from './${kebab}.ts'

const ofClient = ${camel}<Ticket>({ keep: ({ client_id }) => client_id === 'a' })

test('keeps the rows that its function accepts', () => {
  scenario(Ticket, ofClient).feed('a@1 b@2 | a@3').emits('a@1 a@3').feed('b@4 $').emits('')
})

test('gives the same rows, however they come in batches', () => {
  const urgent = ${camel}<Ticket>({ keep: ({ priority }) => priority === 'critical' })
  checkOperator(Ticket, urgent)
  forAllSplits(Ticket, urgent, { splits: 50 })
})
`,
  docs: ({ camel }) => `# ${camel}

\`${camel}({ keep })\` keeps the rows for which \`keep\` is true:

\`\`\`ts
import { Batch, ${camel}, rows, Ticket, ticketStream } from '@tickets/core'
import { of } from 'rxjs'

const tickets = [...ticketStream({ tickets: 100, seed: 1 })].map((ticket, i) => ({ ...ticket, priority: i < 3 ? ('critical' as const) : ('low' as const) }))
const kept: Ticket[] = []
of(Batch.of<Ticket>(Ticket, tickets))
  .pipe(${camel}({ keep: (ticket) => ticket.priority === 'critical' }), rows())
  .subscribe((ticket) => kept.push(ticket))
console.log(kept.length)
\`\`\`

\`\`\`text
3
\`\`\`
`,
}
