import { mariadb } from '../mariadb/mariadb.ts'
import { postgres } from '../postgres/postgres.ts'
import { start } from './database.ts'

const kinds = { mariadb, postgres }
const kind = kinds[process.argv[2] as keyof typeof kinds]
if (!kind) throw new Error(`say which database: node test/servers/cli.ts ${Object.keys(kinds).join(' | ')}`)
const database = await start(kind)
console.log(database.url)
console.error(`A database (${database.how}) for development; Ctrl-C stops it and removes its data.`)
const forever = setInterval(() => {}, 1 << 30)
const end = async () => {
  clearInterval(forever)
  await database.stop()
}
process.once('SIGINT', end).once('SIGTERM', end)
