import { TicketsError } from '@tickets/core'
import type { Reference, RegistryClient, RegistrySchema, RequestOptions } from './client.ts'

/** A schema with those that it names, each after those that it names itself. */
export interface ResolvedSchema extends RegistrySchema {
  readonly dependencies: readonly (RegistrySchema & { readonly name: string })[]
}

/** Fetches schemas with their references, each once. */
export class SchemaStore {
  readonly #client: RegistryClient
  readonly #byId = new Map<number, Promise<ResolvedSchema | null>>()

  constructor(client: RegistryClient) {
    this.#client = client
  }

  /** Returns the schema with this id; null where the registry has none. A failure is not kept. */
  byId(id: number, options: RequestOptions): Promise<ResolvedSchema | null> {
    const there = this.#byId.get(id)
    if (there) return there
    const asked = this.#client.schemaById(id, options).then((schema) => schema && this.resolve(schema, options))
    this.#byId.set(id, asked)
    // One that is not there may be registered later.
    const forget = () => void this.#byId.delete(id)
    asked.then((schema) => schema === null && forget(), forget)
    return asked
  }

  /** Returns the newest schema of a subject and its id, or null. */
  async latest(subject: string, options: RequestOptions): Promise<(ResolvedSchema & { readonly id: number }) | null> {
    const found = await this.#client.version(subject, 'latest', options)
    return found && { ...(await this.resolve(found, options)), id: found.id }
  }

  /** Returns a schema with those that it names. */
  async resolve(schema: RegistrySchema, options: RequestOptions): Promise<ResolvedSchema> {
    const dependencies = new Map<string, RegistrySchema & { readonly name: string }>()
    const add = async (references: readonly Reference[]): Promise<void> => {
      for (const { name, subject, version } of references) {
        if (dependencies.has(name)) continue
        const found = await this.#client.version(subject, version, options)
        if (!found)
          throw new TicketsError(
            'REGISTRY_REFUSED',
            `The schema registry at ${this.#client.url} has no version ${version} of "${subject}", which another schema names as ${name}: register it again`,
          )
        await add(found.references)
        dependencies.set(name, { ...found, name })
      }
    }
    await add(schema.references)
    return { ...schema, dependencies: [...dependencies.values()] }
  }
}
