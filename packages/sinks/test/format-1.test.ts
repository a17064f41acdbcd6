import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { count, generator, into, pipeline, type Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { folder, parts } from './helpers.ts'

const source = () => generator({ tickets: 400, partitions: 2, seed: 7 })
const pipelineAt = (at: string) =>
  pipeline({
    name: 'format-1',
    source: source(),
    log: commitLog(join(at, 'log')),
    flows: (tickets) => ({
      tickets: tickets.pipe(into(jsonSink<Ticket>(join(at, 'out/tickets')))),
      types: tickets.pipe(
        windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { n: count() } }),
        into(jsonSink(join(at, 'out/types'))),
      ),
    }),
  })

async function linesOf(dataset: string): Promise<string[]> {
  const texts = await Promise.all((await parts(dataset)).map((name) => readFile(join(dataset, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).sort()
}

/**
 * `format-1.json.gz` is a log with its datasets, path to content, as the release before log ids became folders wrote them. Its process could not
 * publish record 2 of tickets-1, and had staged range 3 already.
 */
test('a log and its datasets of the first layout continue, and give what a run of today gives', async () => {
  const [before, today] = [await folder(), await folder()]
  const files = JSON.parse(gunzipSync(await readFile(new URL('format-1.json.gz', import.meta.url))).toString()) as Record<string, string>
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(before, name)), { recursive: true })
    await writeFile(join(before, name), text)
  }
  expect((await linesOf(join(before, 'out/tickets'))).length).toBe(240)
  await pipelineAt(before).run()
  await pipelineAt(today).run()
  for (const dataset of ['out/tickets', 'out/types']) expect(await linesOf(join(before, dataset))).toEqual(await linesOf(join(today, dataset)))
  expect((await linesOf(join(before, 'out/tickets'))).length).toBe(400)
})
