import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { into, type Logger, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { expect } from 'vitest'
import { type Right, rightsOfScript } from '../../../../test/broker/acls.ts'
import { type Listener, type SecuredBroker, user } from '../../../../test/broker/secured.ts'
import { type ConnectionOptions, deadLetterTopic, kafkaSink, kafkaSource } from '../../src/index.ts'
import { createTopic, numbers, rawKafka, send, unique } from '../helpers.ts'
import { committed, folder, numbersIn } from '../sink-helpers.ts'

const ALLOW = 3
/** What is retried takes this long until it is an error, which says so. */
const quick = { retryFor: '8s' } as const
type Driver = NonNullable<ConnectionOptions['driver']>

/** How a client reaches the secured broker. */
export type Access = Pick<ConnectionOptions, 'brokers' | 'ssl' | 'sasl'>

/** Gives or takes rights, as the admin. */
export async function change(broker: SecuredBroker, how: 'allow' | 'take', rights: readonly Right[]): Promise<void> {
  const admin = rawKafka(broker.admin).admin()
  await admin.connect()
  const entries = rights.map((right) => ({ ...right, host: '*', permissionType: ALLOW }))
  if (how === 'allow') await admin.createAcls({ acl: entries })
  else await admin.deleteAcls({ filters: entries })
  await admin.disconnect()
}

/** A pipeline that copies a topic of a secured broker to another, with the rights of `deploy/kafka/acls.sh` and no others. */
export async function copying(broker: SecuredBroker) {
  const [input, output, dead, groupId] = [unique('in'), unique('out'), unique('dead'), unique('g')]
  for (const topic of [input, output, dead]) await createTopic(broker.admin, topic)
  const rights = rightsOfScript({ principal: `User:${user.username}`, sources: [input], group: groupId, sinks: [output, dead] })
  await change(broker, 'allow', rights)
  const [staging, log] = [await folder(), join(await folder(), 'log')]
  const lines: string[] = []
  const note = (text: string, details?: object) => void lines.push(`${text} ${inspect(details, { depth: 8 })}`)
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  let sent = 0
  const create = (access: Access, driver: Driver = 'kafkajs', isEndless = false) =>
    pipeline({
      name: 'copy',
      source: kafkaSource({
        ...access,
        schema: Ticket,
        topic: input,
        groupId,
        ...(!isEndless && { until: 'now' as const }),
        driver,
        logger,
        sessionTimeout: '6s',
        ...quick,
      }),
      log: commitLog(log),
      logger,
      range: { rows: 40, time: '200ms' },
      deadLetters: deadLetterTopic({ ...access, topic: dead, staging, logger, ...quick }),
      flows: (t) => ({ copy: t.pipe(into(kafkaSink({ ...access, topic: output, staging, key: 'client_id', logger, ...quick }))) }),
    })
  return {
    input,
    output,
    dead,
    groupId,
    rights,
    create,
    run: (access: Access, driver?: Driver) => create(access, driver).run({ handleSignals: false }),
    /** Sends rows and a message that is none. */
    async send(rows: number) {
      await send(broker.admin, input, sent, sent + rows)
      sent += rows
      const producer = rawKafka(broker.admin).producer()
      await producer.connect()
      await producer.send({ topic: input, messages: [{ partition: 0, value: 'not JSON' }] })
      await producer.disconnect()
    },
    /** Returns what readers of the outputs see, and what the group has committed. */
    async outputs() {
      const admin = rawKafka(broker.admin).admin()
      await admin.connect()
      const offsets = await admin.fetchOffsets({ groupId, topics: [input] })
      await admin.disconnect()
      const [copied, letters] = [await committed(broker.admin, output), await committed(broker.admin, dead)]
      return { copied: numbersIn(copied), letters: letters.map(({ headers }) => headers['source.offset']), offsets }
    },
    /** Expects that all rows that were sent, and all dead letters, are there, each once. */
    async expectWhole(letters: number) {
      expect(numbersIn(await committed(broker.admin, output, sent))).toEqual(numbers(0, sent))
      expect(await committed(broker.admin, dead, letters)).toHaveLength(letters)
    },
    /** Expects that nothing secret is in an error, a line of the log or a file. */
    async expectNoSecrets(secrets: readonly string[], errors: readonly unknown[] = []) {
      const texts = [
        ...lines,
        ...errors.map((error) => inspect(error, { depth: 12, showHidden: true })),
        ...errors.map((error) => JSON.stringify(error)),
      ]
      for (const path of [staging, log]) {
        const files = await readdir(path, { recursive: true, withFileTypes: true })
        for (const file of files) if (file.isFile()) texts.push(await readFile(join(file.parentPath, file.name), 'latin1'))
      }
      expect(lines.length).toBeGreaterThan(0)
      for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([])
    },
  }
}

/** Returns how a client reaches a listener: with the right CA, and a right certificate or login unless `more` has another. */
export function access(broker: SecuredBroker, listener: Listener, more: Partial<Access> = {}): Access {
  const { cert, key } = broker.clients.valid
  const ssl = { ca: broker.ca, ...(listener === 'mtls' && { cert, key }) }
  return { brokers: broker.at(listener), ssl, ...more }
}

export const scram = { mechanism: 'scram-sha-512', ...user } as const
export const plain = { mechanism: 'plain', ...user } as const

/** Returns the error that `work` rejects with. */
export const failureOf = (work: () => Promise<unknown>): Promise<Error> =>
  work().then(
    (result) => {
      throw new Error(`it did not fail: ${inspect(result)}`)
    },
    (error: Error) => error,
  )
