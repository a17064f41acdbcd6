import { fork } from 'node:child_process'
import { once } from 'node:events'
import { pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { jsonSink } from '@tickets/sinks'
import { fourOutputs } from '../shared/four-outputs.ts'
import { report } from '../shared/report.ts'

const [brokers = '', topic = '', groupId = '', out, scratch, processes = '1'] = process.argv.slice(2)

const work = () =>
  pipeline({
    name: 'bench',
    source: kafkaSource({ schema: Ticket, brokers: brokers.split(','), topic, groupId, until: 'now' }),
    log: commitLog(`${scratch}/log`),
    deadLetters: jsonSink(`${scratch}/dead_letters`),
    maxOutOfOrderness: '5 seconds',
    flows: fourOutputs((dataset) => `${out}/${dataset}`),
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
