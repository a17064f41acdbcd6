/** A group of the side bar: pages of one task, without their `.md`. */
export interface Group {
  readonly text: string
  readonly pages: readonly string[]
  /** A page of a folder that no group names goes to the group of that folder. */
  readonly folder?: string
}

/** The pages by task. */
export const groups: readonly Group[] = [
  { text: 'Start', pages: ['start', 'overview', 'concepts', 'recipes', 'guides/prototype'] },
  {
    text: 'Where you come from',
    pages: ['migrate/kafkajs', 'migrate/spark', 'migrate/kafka-streams', 'migrate/flink', 'migrate/guarantees'],
    folder: 'migrate',
  },
  {
    text: 'Build a pipeline',
    pages: [
      'guides/another-domain',
      'guides/schema',
      'guides/windows',
      'guides/totals',
      'guides/enrich',
      'guides/joins',
      'guides/one-to-many',
      'guides/redact',
      'guides/testing',
    ],
    folder: 'guides',
  },
  { text: 'Write your own parts', pages: ['guides/operator', 'guides/aggregate', 'guides/sink', 'guides/source'] },
  {
    text: 'Read and store',
    pages: [
      'guides/registry',
      'guides/lake',
      'guides/delta',
      'guides/iceberg',
      'guides/object-storage',
      'guides/warehouse',
      'guides/postgres',
      'guides/analyse',
    ],
  },
  {
    text: 'Run it',
    pages: [
      'operations/run',
      'guides/scale-out',
      'operations/commands',
      'operations/upgrade',
      'operations/reference-architecture',
      'operations/soak',
    ],
    folder: 'operations',
  },
  {
    text: 'Watch it',
    pages: ['operations/dashboard', 'operations/monitor', 'operations/alerts', 'operations/runbooks', 'operations/logs'],
  },
  { text: 'Fix it', pages: ['operations/troubleshoot', 'operations/recover', 'reference/errors'] },
  { text: 'Secure it', pages: ['operations/security', 'operations/personal-data', 'operations/threat-model'] },
  { text: 'Packages', pages: [], folder: 'packages' },
  { text: 'Reference', pages: ['api/index', 'reference/configuration', 'reference/support', 'performance', 'bench'], folder: 'reference' },
  { text: 'Internals', pages: ['internals/architecture', 'internals/protocol', 'internals/guarantees', 'internals/decisions'], folder: 'internals' },
  { text: 'More', pages: ['contributing'], folder: '' },
]

/** A link of the side bar. */
export interface Entry {
  readonly text: string
  readonly link: string
}

/** Pages whose title says less in a list than above the page. */
const names: Readonly<Record<string, string>> = { overview: 'Overview' }

/** Pages that are reached from a list of their own: one for each error, export or source file, and the translations. */
const listed = /^(index|playground|errors\/|api\/|source\/|fr\/)/

/**
 * Returns the groups of the side bar with all pages: those that no group names stand in the group of their folder.
 *
 * @example
 * sideBar(new Map([['start', 'Get started']]))[0] // { text: 'Start', items: [{ text: 'Get started', link: '/start' }] }
 */
export function sideBar(titles: ReadonlyMap<string, string>): { text: string; items: Entry[] }[] {
  const named = new Set(groups.flatMap(({ pages }) => pages))
  const rest = [...titles.keys()].filter((page) => !named.has(page) && !listed.test(page)).sort()
  const groupOf = (page: string) =>
    groups.find(({ folder }) => folder !== undefined && folder !== '' && page.startsWith(`${folder}/`)) ?? groups.find(({ folder }) => folder === '')
  return groups
    .map((group) => {
      const pages = [...group.pages.filter((page) => titles.has(page)), ...rest.filter((page) => groupOf(page) === group)]
      return {
        text: group.text,
        items: pages.map((page) => ({ text: names[page] ?? titles.get(page) ?? page, link: `/${page.replace(/index$/, '')}` })),
      }
    })
    .filter(({ items }) => items.length > 0)
}
