import { TicketsError } from '@tickets/core'
import type { TableMetadata } from '../spec/metadata.ts'
import type { CatalogTable, Change, IcebergCatalog, NewTable } from './catalog.ts'
import { RestClient, type RestOptions, restError } from './rest-client.ts'

/** A table of a REST catalog. */
class RestTable implements CatalogTable {
  readonly name: string
  readonly #client: RestClient
  readonly #namespace: readonly string[]
  readonly #table: string

  constructor(client: RestClient, names: readonly string[]) {
    this.#client = client
    this.#namespace = names.slice(0, -1)
    this.#table = names.at(-1) as string
    this.name = names.join('.')
  }

  async #tables(): Promise<string> {
    const { separator } = await this.#client.config()
    return `namespaces/${this.#namespace.map(encodeURIComponent).join(separator)}/tables`
  }

  async #path(): Promise<string> {
    return `${await this.#tables()}/${encodeURIComponent(this.#table)}`
  }

  async load(): Promise<TableMetadata | null> {
    // Snapshots that no branch needs are many, and nothing here looks at them.
    const answer = await this.#client.request('GET', `${await this.#path()}?snapshots=refs`)
    if (answer.status === 404) return null
    if (answer.status !== 200) throw restError(answer, `loading the Iceberg table ${this.name}`)
    return (answer.content as { readonly metadata: TableMetadata }).metadata
  }

  async create({ location, schema, spec, properties }: NewTable): Promise<void> {
    const request = { name: this.#table, location, schema, 'partition-spec': spec, properties: { 'format-version': '2', ...properties } }
    const path = await this.#tables()
    let answer = await this.#client.request('POST', path, request)
    if (answer.status === 404) {
      for (let depth = 1; depth <= this.#namespace.length; depth++) await this.#createNamespace(this.#namespace.slice(0, depth))
      answer = await this.#client.request('POST', path, request)
    }
    // Another has made it, or our own request whose answer was lost.
    if (answer.status !== 200 && answer.status !== 409) throw restError(answer, `making the Iceberg table ${this.name}`)
  }

  async #createNamespace(namespace: readonly string[]): Promise<void> {
    const answer = await this.#client.request('POST', 'namespaces', { namespace, properties: {} })
    if (answer.status !== 200 && answer.status !== 409) throw restError(answer, `making the namespace ${namespace.join('.')}`)
  }

  async commit({ requirements, updates }: Change): Promise<boolean> {
    const identifier = { namespace: this.#namespace, name: this.#table }
    const answer = await this.#client.request('POST', await this.#path(), { identifier, requirements, updates })
    if (answer.status === 409) return false
    if (answer.status !== 200) throw restError(answer, `committing to the Iceberg table ${this.name}`)
    return true
  }

  async cleanUp(): Promise<void> {}
}

/**
 * Returns a catalog that speaks Iceberg's REST protocol, such as Polaris, Lakekeeper, Nessie, Gravitino or Unity Catalog. A new table's namespaces are made with it.
 *
 * @throws `OPTION_INVALID` for what is no address
 * @example
 * icebergSink('data/tickets', { catalog: restCatalog({ uri: 'http://localhost:8181' }), table: 'lake.tickets' })
 */
export function restCatalog(options: RestOptions): IcebergCatalog {
  if (!/^https?:\/\//.test(options.uri))
    throw new TicketsError('OPTION_INVALID', `uri of a restCatalog is an address such as http://localhost:8181, got ${JSON.stringify(options.uri)}`)
  const client = new RestClient(options)
  return {
    kind: 'rest',
    table(name, _, suffix) {
      const names = (name ?? '').split('.')
      if (names.length < 2 || names.includes(''))
        throw new TicketsError(
          'OPTION_INVALID',
          `table names one of the catalog with its namespace, such as "lake.tickets", got ${JSON.stringify(name)}`,
        )
      return new RestTable(client, [...names.slice(0, -1), `${names.at(-1)}${suffix.replace('.', '_')}`])
    },
  }
}
