import { Refusal } from '../refusal.ts'

/** Where orders come from. */
export const sources = ['generator', 'json-lines', 'kafka'] as const
export type SourceName = (typeof sources)[number]

/** What is written besides Parquet. */
export const sinks = ['json', 'csv', 'mysql', 'postgres'] as const
export type SinkName = (typeof sinks)[number]

/** What a project is made of. */
export interface Choices {
  readonly source: SourceName
  readonly sinks: readonly SinkName[]
  readonly dashboard: boolean
}

/** Answers that stand for a usual project; flags and questions change single ones. */
export const templates = {
  file: { source: 'generator', sinks: [], dashboard: false },
  kafka: { source: 'kafka', sinks: [], dashboard: false },
  dashboard: { source: 'generator', sinks: [], dashboard: true },
} as const satisfies Record<string, Choices>
export type TemplateName = keyof typeof templates

/** Returns the sinks that need a database. */
export const databasesOf = ({ sinks }: Choices): SinkName[] => sinks.filter((sink) => sink === 'mysql' || sink === 'postgres')

/** Returns whether `start` needs a broker or a database that runs. */
export const needsServices = (choices: Choices): boolean => choices.source === 'kafka' || databasesOf(choices).length > 0

/** Finds a name in a list. Throws a `Refusal` with the list where it is not there. */
export function nameIn<T extends string>(names: readonly T[], given: string, what: string): T {
  const found = names.find((name) => name === given)
  if (found === undefined) throw new Refusal(`there is no ${what} "${given}": choose ${names.join(', ')}`)
  return found
}
