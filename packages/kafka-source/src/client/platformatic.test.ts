import { expect, it, vi } from 'vitest'
import { producerContract } from '../../test/driver-contract.ts'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { createPlatformatic } from './platformatic.ts'

producerContract('@platformatic/kafka')

it('begins no transaction, and says what to do', async () => {
  const producer = createPlatformatic({ brokers: ['127.0.0.1:1'] }, { retries: 0 }, 1000).producer({ transactionalId: 't' })
  await expect(producer.transaction()).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(/Leave `driver` out/) })
})

it('leaves no connection open once it is ended, however it was used', async () => {
  const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
  const kafka = createPlatformatic(broker, { retries: 0 }, 1000)
  const failing = [kafka.cluster().connect(), kafka.admin().connect(), kafka.producer({}).connect()].map((one) => one.catch(() => 'failed'))
  await vi.waitUntil(() => broker.open() > 0)
  kafka.destroy()
  await Promise.all(failing)
  await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
  await broker.close()
})
