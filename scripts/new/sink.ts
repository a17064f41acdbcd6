import type { Part } from './part.ts'

/** A sink in two phases, over a store of four functions: what is staged has a name that no other range or attempt has. */
export const sink: Part = {
  folder: 'packages/sinks/src',
  entry: 'packages/sinks/src/index.ts',
  page: 'docs/guides/sink.md',
  packageName: '@tickets/sinks',
  exportsOf: ({ camel, pascal }) => [camel, `type ${pascal}Store`],
  source: ({ camel, pascal, kebab }) => `import { type Sink, TicketsError } from '@tickets/core'
import { checkBatchSchema } from '@tickets/core/internal'

/** What \`${camel}\` writes to. Names are text without spaces. */
export interface ${pascal}Store<T> {
  /** A name for the place: two flows may not write to one. */
  readonly name: string
  /** Makes rows durable under a name, where no reader sees them. */
  stage(name: string, rows: readonly T[]): Promise<void>
  /** Shows what is staged under a name, once however often it is called. Resolves to whether it is visible now. */
  show(name: string): Promise<boolean>
  /** Resolves to the names that are staged and not visible. */
  staged(): Promise<readonly string[]>
  /** Removes what is staged under a name. */
  remove(name: string): Promise<void>
}

/**
 * Writes rows to a store exactly once: each range is staged, and shown when its record is committed.
 *
 * @throws \`STAGED_LOST\` where the store has lost what a record names
 * @example
 * tickets.pipe(into(${camel}(store))) // stages tickets-0/0, and shows it after the commit
 */
export function ${camel}<T>(store: ${pascal}Store<T>): Sink<T> {
  return {
    target: \`${kebab}:\${store.name}\`,
    async open({ logId, task, flow }, schema) {
      const prefix = \`\${logId}/\${flow}/\${task}/\`
      let rows: T[] = []
      return {
        async write(batch) {
          checkBatchSchema(schema, batch.schema, flow)
          rows.push(...batch)
        },
        // Cuts before anything waits: rows that are written after the call belong to the next range.
        async stage(n, attempt, { empty }) {
          const cut = rows
          rows = []
          if (cut.length === 0 && !empty) return null
          const name = \`\${prefix}\${n}-\${attempt}\`
          await store.stage(name, cut)
          return { name }
        },
        async publish({ name }) {
          if (!(await store.show(String(name)))) throw new TicketsError('STAGED_LOST', \`\${name} is neither staged nor visible in \${store.name}\`)
        },
        async sweep(head) {
          for (const name of await store.staged()) {
            if (!name.startsWith(prefix)) continue
            const [, n = '', attempt = ''] = /^(\\d+)-(.*)$/.exec(name.slice(prefix.length)) ?? []
            if (Number(n) < head.n || (Number(n) === head.n && attempt !== head.attempt)) await store.remove(name)
          }
        },
        async close() {
          rows = []
        },
      }
    },
  }
}
`,
  spec: ({ camel, pascal, kebab }) => `import { Ticket } from '@tickets/core'
import { sinkContract } from '@tickets/core/testing'
import { describe, expect, test } from 'vitest'
import { ${camel}, type ${pascal}Store } from './${kebab}.ts'

/** A store in memory. */
function memoryStore(name = 'memory') {
  const [staged, visible] = [new Map<string, readonly Ticket[]>(), new Map<string, readonly Ticket[]>()]
  const store: ${pascal}Store<Ticket> = {
    name,
    stage: async (at, rows) => void staged.set(at, rows),
    async show(at) {
      const rows = staged.get(at)
      if (rows) visible.set(at, rows)
      staged.delete(at)
      return visible.has(at)
    },
    staged: async () => [...staged.keys()],
    remove: async (at) => void staged.delete(at),
  }
  return { store, staged, visible }
}

const row = (i: number): Ticket => ({
  ticket_id: \`t\${i}\`,
  client_id: \`c\${i}\`,
  created_at: new Date(i * 1000),
  request: 'help',
  request_type: 'account',
  priority: 'low',
})

describe('keeps the promises of a sink', () => {
  const make = async () => {
    const { store, staged, visible } = memoryStore()
    return {
      open: () => ${camel}(store),
      visible: async () => (visible.size === 0 ? null : [...visible.values()].flat()),
      staged: async () => [...staged.keys()],
    }
  }
  for (const { name, run } of sinkContract<Ticket>({ schema: Ticket, row, make })) test(name, run)
})

test('tells places apart by their names', () => {
  expect(${camel}(memoryStore('a').store).target).not.toBe(${camel}(memoryStore('b').store).target)
})
`,
  docs: ({ camel, pascal }) => `# ${camel}

\`${camel}(store)\` writes to a store of your own, exactly once. The store makes rows durable, shows them, lists what is not shown yet, and removes it:

\`\`\`ts
import { generator, into, pipeline, type Ticket } from '@tickets/core'
import { memoryLog } from '@tickets/core/testing'
import { ${camel}, type ${pascal}Store } from '@tickets/sinks'

const staged = new Map<string, readonly Ticket[]>()
const visible = new Map<string, readonly Ticket[]>()

const store: ${pascal}Store<Ticket> = {
  name: 'memory',
  stage: async (name, rows) => void staged.set(name, rows),
  async show(name) {
    const rows = staged.get(name)
    if (rows) visible.set(name, rows)
    staged.delete(name)
    return visible.has(name)
  },
  staged: async () => [...staged.keys()],
  remove: async (name) => void staged.delete(name),
}

await pipeline({
  name: 'own-store',
  source: generator({ tickets: 100 }),
  log: memoryLog(),
  flows: (tickets) => ({ tickets: tickets.pipe(into(${camel}(store))) }),
}).run()
console.log([...visible.values()].flat().length, staged.size)
\`\`\`

\`\`\`text
100 0
\`\`\`
`,
}
