import { startDatabase } from './mariadb.ts'

const database = await startDatabase()
console.log(database.url)
console.error(`A database (${database.how}) for development; Ctrl-C stops it and removes its data.`)
const forever = setInterval(() => {}, 1 << 30)
const end = async () => {
  clearInterval(forever)
  await database.stop()
}
process.once('SIGINT', end).once('SIGTERM', end)
