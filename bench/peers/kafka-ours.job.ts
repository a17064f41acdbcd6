import { fork } from 'node:child_process'
import { once } from 'node:events'
import { assignTeam, count, countDistinct, highPriority, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { jsonSink, parquetSink } from '@tickets/sinks'
import { report } from '../shared/report.ts'

const [brokers = '', topic = '', groupId = '', out, scratch, processes = '1'] = process.argv.slice(2)
const minute = tumbling({ size: '1 minute' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

const work = () =>
  pipeline({
    name: 'bench',
    source: kafkaSource({ schema: Ticket, brokers: brokers.split(','), topic, groupId, until: 'now' }),
    log: commitLog(`${scratch}/log`),
    deadLetters: jsonSink(`${scratch}/dead_letters`),
    maxOutOfOrderness: '5 seconds',
    flows: (tickets) => ({
      tickets_with_assignment: tickets.pipe(assignTeam(), into(parquetSink(`${out}/tickets_with_assignment`))),
      high_priority_tickets: tickets.pipe(highPriority(), assignTeam(), into(parquetSink(`${out}/high_priority_tickets`))),
      tickets_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(parquetSink(`${out}/tickets_by_type`))),
      tickets_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(parquetSink(`${out}/tickets_by_priority`))),
    }),
  }).run()

/** Another process of the group, which has imported everything and waits for `go`. */
async function another() {
  const child = fork(import.meta.filename, [...process.argv.slice(2, 7), 'one of several'])
  const ended = once(child, 'exit')
  await once(child, 'message')
  return async () => {
    child.send('go')
    const [code] = await ended
    if (code !== 0) throw new Error(`a process of the group ended with ${code}`)
  }
}

if (processes === 'one of several') {
  process.send?.('ready')
  await once(process, 'message')
  await work()
  process.disconnect()
} else {
  const others = await Promise.all(Array.from({ length: Number(processes) - 1 }, another))
  await report(() => Promise.all([work(), ...others.map((go) => go())]))
}
