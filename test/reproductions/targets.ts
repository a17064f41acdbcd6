import { readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, type Sink } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { memoryLog } from '@tickets/core/testing'
import { deltaSink, fileCatalog, icebergSink, jsonSink } from '@tickets/sinks'
import { Event, linesOf, oneFlow, type Reproduction, run } from './reproduction.ts'

/** Runs a pipeline over a file with some events into a sink. */
async function write(folder: string, sink: Sink<Event>, ...events: readonly number[]) {
  await writeFile(join(folder, 'events.jsonl'), linesOf(...events))
  return run({ source: jsonLines(join(folder, 'events.jsonl'), { schema: Event }), log: commitLog(join(folder, 'log')), flows: oneFlow(sink) })
}

/** Writes ranges as a task of a pipeline does: each is staged, recorded by its log, and published. */
async function taskOf(sink: Sink<Event>) {
  const writer = await sink.open({ logId: 'log1', task: 'events-0', flow: 'all' }, Event)
  const stage = async (n: number) => {
    await writer.write(Batch.of(Event, [{ at: new Date(0), i: n }]))
    const staged = await writer.stage(n, 'a', { from: n, to: n + 1, empty: false })
    if (!staged) throw new Error('nothing was staged')
    return staged
  }
  return { stage, publish: writer.publish.bind(writer) }
}

/** Returns the hidden file of a range. */
async function hiddenIn(folder: string): Promise<string> {
  const found = (await readdir(folder, { recursive: true })).find((name) => name.endsWith('.tmp'))
  return join(folder, found ?? '')
}

/** Errors of the places that sinks write to. */
export const ofTargets: readonly Reproduction[] = [
  {
    code: 'STAGED_LOST',
    when: 'The hidden file of a range is deleted before the range is published',
    async run(folder) {
      const { stage, publish } = await taskOf(jsonSink(folder))
      const staged = await stage(0)
      await unlink(await hiddenIn(folder))
      await publish(staged)
    },
  },
  {
    code: 'STAGED_DAMAGED',
    when: 'The hidden file of a range is emptied before the range is published',
    async run(folder) {
      const { stage, publish } = await taskOf(jsonSink(folder))
      const staged = await stage(0)
      await truncate(await hiddenIn(folder))
      await publish(staged)
    },
  },
  {
    code: 'TARGET_OWNED',
    when: 'A second pipeline, with a log of its own, writes to the folder of another',
    async run(folder) {
      for (const log of [memoryLog(), memoryLog()]) await run({ log, flows: oneFlow(jsonSink(join(folder, 'all'))) })
    },
  },
  {
    code: 'TARGET_LOST',
    when: 'The folder that a pipeline has written to is deleted, and the pipeline runs again',
    async run(folder) {
      await write(folder, jsonSink(join(folder, 'all')), 1, 2)
      await rm(join(folder, 'all'), { recursive: true })
      await write(folder, jsonSink(join(folder, 'all')), 1, 2, 3)
    },
  },
  {
    code: 'TARGET_UNUSABLE',
    when: 'The path of a sink leads through a file',
    async run(folder) {
      await writeFile(join(folder, 'file'), '')
      await run({ flows: oneFlow(jsonSink(join(folder, 'file/all'))) })
    },
  },
  {
    code: 'DELTA_CONFLICT',
    when: 'Another program gives a column of a Delta Lake table another type while a pipeline writes',
    async run(folder) {
      const { stage, publish } = await taskOf(deltaSink(folder))
      await publish(await stage(0))
      const staged = await stage(1)
      const commit = (version: number) => join(folder, '_delta_log', `${String(version).padStart(20, '0')}.json`)
      const actions = (await readFile(commit(0), 'utf8')).split('\n').filter(Boolean)
      const metaData = actions.find((line) => line.includes('"metaData"')) ?? ''
      const next = (await readdir(join(folder, '_delta_log'))).filter((name) => name.endsWith('.json')).length
      await writeFile(commit(next), `${metaData.replace('\\"long\\"', '\\"string\\"')}\n`)
      await publish(staged)
    },
  },
  {
    code: 'ICEBERG_CONFLICT',
    when: 'Another program drops a column of an Iceberg table while a pipeline writes',
    async run(folder) {
      const { stage, publish } = await taskOf(icebergSink(folder, { catalog: fileCatalog() }))
      await publish(await stage(0))
      const staged = await stage(1)
      const hint = join(folder, 'metadata/version-hint.text')
      const version = Number(await readFile(hint, 'utf8'))
      const metadata = JSON.parse(await readFile(join(folder, `metadata/v${version}.metadata.json`), 'utf8'))
      for (const schema of metadata.schemas) schema.fields = schema.fields.filter(({ name }: { name: string }) => name !== 'i')
      await writeFile(join(folder, `metadata/v${version + 1}.metadata.json`), JSON.stringify(metadata))
      await writeFile(hint, String(version + 1))
      await publish(staged)
    },
  },
]
