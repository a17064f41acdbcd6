/** An application as its users bundle it: writes a file with the options given, and says what came of it. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, Ticket, ticketStream } from '@tickets/core'
import { parquetSink } from '@tickets/sinks'

async function main(): Promise<void> {
  const [folder = '', options = '{}'] = process.argv.slice(2)
  const warnings: string[] = []
  process.on('warning', (warning) => warnings.push(`${(warning as Error & { code?: string }).code}: ${warning.message}`))

  const task = { logId: 'log1', task: 'tickets-0', flow: 'all' }
  const hash = createHash('sha256')
  for (const [i, seed] of [1, 2, 3].entries()) {
    const path = join(folder, String(i))
    const writer = await parquetSink(path, JSON.parse(options)).open(task, Ticket)
    await writer.write(Batch.of(Ticket, ticketStream({ seed, tickets: 300 })))
    const staged = await writer.stage(0, 'a', { from: 0, to: 300, empty: false })
    if (staged) await writer.publish(staged)
    await writer.close()
    for (const name of await readdir(path)) if (name.endsWith('.parquet')) hash.update(await readFile(join(path, name)))
  }
  // Node emits warnings a moment later.
  await new Promise((done) => setImmediate(done))
  console.log(JSON.stringify({ files: hash.digest('hex'), warnings }))
}

void main()
