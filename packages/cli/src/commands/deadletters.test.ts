import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lake, ticket } from '../log/logs.fixture.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['deadletters', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

/** A replay whose schema knows any priority. */
const module = (dir: string) => `
import { defineSchema, instant, into } from '@tickets/core'
import { jsonSink } from '@tickets/sinks'
import * as z from 'zod'
const replay = {
  schema: defineSchema(z.object({ created_at: instant(), request: z.string(), priority: z.string() }), { name: 'fixed', time: 'created_at' }),
  flows: (rows) => ({ again: rows.pipe(into(jsonSink(${JSON.stringify(join(dir, 'again'))}))) }),
}
export { replay as default }`

test('rejected messages are listed by reason, shown, replayed once, and then listed as replayed', async () => {
  const { dir, run: runLake } = await lake(['no \u001b[31mJSON', JSON.stringify({ ...ticket(1), priority: 'urgent' })])
  await runLake()
  const dead = join(dir, 'dead')
  const listed = await run('list', dead)
  expect(listed).toMatchObject({ code: 0, out: expect.stringContaining(`${dead}: 2 rejected, 0 replayed\n`) })
  const [{ first = [] } = {}] = JSON.parse((await run('list', dead, '--json', '--limit', '1')).out) as { first?: { id: string }[] }[]
  expect(first.map(({ id }) => id)).toEqual(['tickets.jsonl-0@0'])
  expect((await run('show', dead, '--id', 'tickets.jsonl-0@0')).out).toContain('value: no  [31mJSON')
  expect(await run('show', dead, '--id', 'tickets.jsonl-0@7')).toMatchObject({ code: 1, err: expect.stringContaining('has no dead letter') })

  await writeFile(join(dir, 'replay.mjs'), module(dir))
  const replay = () => run('replay', dead, '--with', join(dir, 'replay.mjs'))
  expect(await replay()).toEqual({
    code: 0,
    err: '',
    out: `1 of 2 messages were replayed; 1 were rejected again and are in ${dead}.replay-rejected\n`,
  })
  expect(await replay()).toMatchObject({ code: 0, out: '0 of 0 messages were replayed\n' })
  expect((await run('list', dead)).out).toContain('2 rejected, 2 replayed')
  expect((await run('list', `${dead}.replay-rejected`)).out).toContain('1 rejected, 0 replayed')
})

test.each([
  [['lst', 'dead'], 'Did you mean list?'],
  [['show', 'dead'], 'show needs --id'],
  [['replay', 'dead'], 'replay needs --with'],
  [['replay', 'a', 'b', '--with', 'x'], 'takes one folder'],
  [['replay', 'dead', '--with', 'none.ts'], 'there is no file none.ts'],
])('%j is refused in one line', async (argv, message) => {
  expect(await run(...argv)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(new RegExp(`^error OPTION_INVALID: .*${message.replace('?', '\\?')}.*\\n$`)),
  })
})
