import { isTicketsError, TicketsError } from '@tickets/core'
import type { MessageFormat, ValueWriter, ValueWriterOptions } from '../protocol/message-format.ts'
import { type Reference, RegistryClient, type RequestOptions } from './client.ts'
import { type RegistryOptions, registryConnection, subjectOf } from './connection.ts'
import { framed } from './framing.ts'
import type { SchemaLanguage } from './language.ts'
import { SchemaStore } from './schema-store.ts'
import { RegistryReader } from './value-reader.ts'

const NO_REFERENCES: readonly Reference[] = []

/** Returns the format of values whose schemas are in a registry. Throws `OPTION_INVALID`. */
export function registryFormat(options: RegistryOptions, language: SchemaLanguage): MessageFormat {
  const { unknownId = 'fail', register = true } = options
  if (unknownId !== 'fail' && unknownId !== 'deadLetter')
    throw new TicketsError('OPTION_INVALID', `unknownId is 'fail' or 'deadLetter', got ${JSON.stringify(unknownId)}`)
  const client = new RegistryClient(registryConnection(options))
  return {
    name: language.schemaType.toLowerCase(),
    reader: (reading) => new RegistryReader(reading, options, language, client),
    writer: (writing) => writerOf(writing, { options, language, client, register }),
  }
}

interface WriterParts {
  readonly options: RegistryOptions
  readonly language: SchemaLanguage
  readonly client: RegistryClient
  readonly register: boolean
}

async function writerOf<T>(
  { schema, topic, retryFor, logger }: ValueWriterOptions<T>,
  { options, language, client, register }: WriterParts,
): Promise<ValueWriter<T>> {
  await language.loadWriter()
  const subject = subjectOf(options, topic)
  const requests: RequestOptions = { retryFor, logger }
  const latest = await new SchemaStore(client).latest(subject, requests)
  const { schema: text, encode } = language.derive(schema, latest)
  const registered = { schema: text, schemaType: language.schemaType, references: NO_REFERENCES }
  const id = register
    ? await client.register(subject, registered, requests).catch((error: unknown) => {
        throw isTicketsError(error, 'SCHEMA_MISMATCH') ? refused(subject, schema.name, error) : error
      })
    : await client.lookUp(subject, registered, requests)
  if (id === null)
    throw new TicketsError(
      'SCHEMA_MISMATCH',
      `subject "${subject}" of the registry at ${client.url} does not have the schema of ${schema.name}, and \`register\` is false: register it (${text}), or leave \`register\` out`,
    )
  return (row) => framed(id, encode(row))
}

const refused = (subject: string, name: string, cause: TicketsError) =>
  new TicketsError(
    'SCHEMA_MISMATCH',
    `rows of ${name} cannot be written under subject "${subject}": ${cause.message}. Change the columns as its compatibility allows (a new column is optional or has a default), write to another topic or \`subject\`, or change the subject's compatibility`,
    { cause },
  )
