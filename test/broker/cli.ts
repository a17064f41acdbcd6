import { startBroker } from './broker.ts'

const broker = await startBroker()
console.log(broker.brokers.join(','))
console.error(`A broker (${broker.how}) for development; Ctrl-C stops it and removes its data.`)
const forever = setInterval(() => {}, 1 << 30)
const end = async () => {
  clearInterval(forever)
  await broker.stop()
}
process.once('SIGINT', end).once('SIGTERM', end)
