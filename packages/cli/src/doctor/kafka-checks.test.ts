import { expect, test } from 'vitest'
import { kafkaChecks, loadKafka } from './kafka-checks.ts'

test('without @tickets/kafka-source the error names what to install', async () => {
  await expect(loadKafka(() => Promise.reject(new Error('Cannot find package')))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('npm i @tickets/kafka-source'),
  })
})

test('where no broker answers that alone is said', async () => {
  const { fine, findings } = await kafkaChecks({ brokers: ['127.0.0.1:1'], topic: 'tickets' })
  expect(fine).toEqual({})
  expect(findings).toMatchObject([
    { check: 'broker', problem: 'no Kafka broker answers at 127.0.0.1:1', seen: expect.stringContaining('ECONNREFUSED') },
  ])
})
