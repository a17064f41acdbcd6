// A sink of your own: critical tickets page the team on call. Here "paging" appends to a file of alarms.
// callbackSink is at least once: after a crash a range comes again under its id, so each range replaces its own part.
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Batch, filterRows, generator, into, pipeline, type Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { callbackSink, type Delivery } from '@tickets/sinks'
import { main } from './shared/main.ts'
import { settings } from './shared/settings.ts'

await main(async () => {
  const { tickets, seed, output } = settings('custom-sink', 'Critical tickets to code of your own', ['tickets', 'seed', 'output'], {
    tickets: 1000,
    output: 'data/alarms',
  })

  async function page(batch: Batch<Ticket>, { id }: Delivery): Promise<void> {
    await mkdir(output, { recursive: true })
    const lines = batch.toArray().map((ticket) => `${ticket.created_at.toISOString()} ${ticket.client_id}: ${ticket.request}\n`)
    // Written aside and renamed, so that doing it twice changes nothing.
    const name = join(output, `${id.replace('/', '-')}.txt`)
    await writeFile(`${name}.tmp`, lines)
    await rename(`${name}.tmp`, name)
    console.log(`${id}: ${batch.length} alarms`)
  }

  const { rows } = await pipeline({
    name: 'alarms',
    source: generator({ tickets, seed }),
    log: commitLog(`${output}-log`),
    flows: (all) => ({
      alarms: all.pipe(
        filterRows((ticket) => ticket.priority === 'critical'),
        into(callbackSink(page, { target: output })),
      ),
    }),
  }).run()
  console.log(`${rows} tickets read; alarms of ${(await readdir(output)).length} ranges are in ${output}`)
})
