import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ticket } from '@tickets/core'
import { s3 } from '@tickets/s3'
import { jsonSink } from '@tickets/sinks'
import { fetchedOf, framed } from '../../packages/kafka-source/src/registry/other-producer.fixture.ts'
import { jsonSchema } from '../../packages/kafka-source/src/registry.ts'
import { clientOptions } from '../s3/client-options.ts'
import { oneFlow, type Reproduction, run } from './reproduction.ts'

/** Does something with the URL of a server that answers each request alike. */
async function withServer(answer: (request: IncomingMessage, response: ServerResponse) => void, use: (url: string) => Promise<unknown>) {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => answer(request, response))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const json = (status: number, body: object) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const writerAt = (registry: string) => jsonSchema({ registry }).writer({ schema: Ticket, topic: 'tickets', retryFor: 0 })
const bucketAt = (endpoint: string) => s3({ ...clientOptions(endpoint), bucket: 'support-lake', maxAttempts: 1 })

/** Errors of schema registries and of object storage. */
export const ofServers: readonly Reproduction[] = [
  {
    code: 'REGISTRY_UNREACHABLE',
    when: 'No schema registry answers at the address of a format',
    async run() {
      let closed = ''
      await withServer(
        () => {},
        async (url) => {
          closed = url
        },
      )
      await writerAt(closed)
    },
  },
  {
    code: 'REGISTRY_REFUSED',
    when: 'A schema registry refuses the login',
    run: () => withServer(json(401, { error_code: 40101, message: 'Unauthorized' }), writerAt),
  },
  {
    code: 'SCHEMA_UNKNOWN',
    when: 'A message names the schema 7, which its registry does not know',
    run: () =>
      withServer(json(404, { error_code: 40403, message: 'Schema 7 not found' }), async (registry) => {
        const reader = jsonSchema({ registry }).reader({ schema: Ticket, topics: ['tickets'], retryFor: 0 })
        const { error } = (await reader.prepare(fetchedOf([framed(7, Buffer.from('{}'))]), new AbortController().signal)) ?? {}
        if (error) throw error
      }),
  },
  {
    code: 'STORAGE_FAILED',
    when: 'An object store refuses a request',
    run: () =>
      withServer(
        (_, response) => void response.writeHead(403).end(),
        (endpoint) => bucketAt(endpoint).read('tickets/part-0.parquet'),
      ),
  },
  {
    code: 'STORAGE_UNSAFE',
    when: 'A pipeline writes to an object store that ignores `If-None-Match`',
    run() {
      const objects = new Set<string>()
      const answer = ({ method, url = '' }: IncomingMessage, response: ServerResponse) => {
        const [key = ''] = url.split('?')
        if (method === 'PUT') objects.add(key)
        const list = url.includes('list-type')
          ? 'ListBucketResult'
          : method === 'GET' && url.includes('uploads')
            ? 'ListMultipartUploadsResult'
            : null
        if (list) response.writeHead(200, { 'content-type': 'application/xml' }).end(`<${list}/>`)
        else response.writeHead(method === 'PUT' || objects.has(key) ? 200 : 404).end()
      }
      return withServer(answer, (endpoint) => run({ flows: oneFlow(jsonSink(bucketAt(endpoint))) }))
    },
  },
]
