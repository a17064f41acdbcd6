import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { check } from './runner/check.ts'
import { ticketsFile } from './runner/input.ts'
import { referenceOf } from './runner/reference.ts'
import { runOne } from './runner/run-one.ts'

const [file = '', name = '', rows = '100000'] = process.argv.slice(2)
const brokers = (await readFile('/tmp/kb/broker/out', 'utf8')).trim()
const all = await import(file)
const c = all[name]
console.log(await c.install())
const input = await ticketsFile({ rows: Number(rows) })
const reference = await referenceOf(input.path)
const home = await mkdtemp('/tmp/kb/run-')
const out = join(home, 'out'),
  scratch = join(home, 's')
await mkdir(out)
await mkdir(scratch)
const topic = rows === '1000000' ? 't1m' : 't100k'
const load = loadavg()[0]
try {
  const t = await runOne(await c.run({ input: { brokers, topic, partitions: 4 }, out, scratch, rows: Number(rows), id: `b-${Date.now()}` }), {
    timeout: 500_000,
  })
  console.log(c.name, t, 'rate', Math.round(Number(rows) / t.seconds), 'load', load, loadavg()[0], await check(out, reference))
} catch (e) {
  console.log(String(e))
} finally {
  if (!process.env.KEEP) await rm(home, { recursive: true })
  else console.log(home)
}
process.exit(0)
