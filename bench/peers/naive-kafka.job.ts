import { Kafka, logLevel } from 'kafkajs'
import { report } from '../shared/report.ts'
import { naiveFlows } from './naive-flows.ts'

const [brokers = '', topic = '', out = '', groupId = '', rows = ''] = process.argv.slice(2)

await report(async () => {
  const { line, end } = naiveFlows(out)
  const consumer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR }).consumer({ groupId })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  await new Promise<void>((done) => {
    consumer.run({
      eachMessage: async ({ message }) => {
        line(String(message.value))
        if (++seen === Number(rows)) done()
      },
    })
  })
  end()
  consumer.disconnect().catch(() => {})
})
