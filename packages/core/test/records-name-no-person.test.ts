import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { count } from '../src/aggregate/count.ts'
import { commitLog } from '../src/node/log/commit-log.ts'
import { into } from '../src/operators/into.ts'
import { windowed } from '../src/operators/windowed.ts'
import { pipeline } from '../src/pipeline/pipeline.ts'
import { memorySink } from '../src/testing/memory-sink.ts'
import { generator } from '../src/tickets/generator/generator.ts'
import { tumbling } from '../src/window/tumbling.ts'

/** The words of a text: a name such as `root` is no part of another word. */
const words = (text: string) => new Set(text.toLowerCase().split(/[^a-z0-9.-]+/))

/** What stands for who ran it, or where. */
const FIELDS = /"(user|username|uid|host|hostname|pid|ip|address|who|person)":/i

test('a log names ranges, and neither the user nor the host that wrote them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'records-'))
  try {
    await pipeline({
      name: 'records',
      source: generator({ tickets: 200, partitions: 2 }),
      log: commitLog(folder),
      flows: (tickets) => ({
        all: tickets.pipe(into(memorySink('all'))),
        hourly: tickets.pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { n: count() } }), into(memorySink('hourly'))),
      }),
    }).run({ handleSignals: false })
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThan(3)
    for (const { parentPath, name } of files) {
      const text = `${name}\n${await readFile(join(parentPath, name), 'latin1')}`
      expect(text, name).not.toMatch(FIELDS)
      for (const known of [userInfo().username, hostname()]) expect(words(text).has(known.toLowerCase()), `${known} in ${name}`).toBe(false)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
