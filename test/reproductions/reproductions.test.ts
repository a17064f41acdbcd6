import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isTicketsError, messageOf } from '@tickets/core'
import { expect, test } from 'vitest'
import { sharedBroker } from '../broker/shared.ts'
import { read, root } from '../repo/files.ts'
import { ofLogs } from './logs.ts'
import { exampleOf, withExamples } from './page.ts'
import { ofRows } from './rows.ts'
import { ofServers } from './servers.ts'
import { ofSources } from './sources.ts'
import { ofTargets } from './targets.ts'
import { ofWhatYouWrote } from './what-you-wrote.ts'

const PAGE = 'docs/reference/errors.md'
const page = read(PAGE)
const codes = [...page.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code ?? '')
const reproductions = [...ofWhatYouWrote, ...ofRows, ...ofLogs, ...ofTargets, ...ofSources, ...ofServers]
const brokers = await sharedBroker('errors of Kafka')
/** What each example of the page is now. Those that could not be tried stay as they are. */
const examples = new Map<string, string>()

test('every code of the page is reproduced once', () => {
  expect(reproductions.map(({ code }) => code).sort()).toEqual([...codes].sort())
})

for (const { code, when, run, needs } of reproductions)
  test.skipIf(needs === 'broker' && !brokers)(`${code} is what is thrown`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickets-reproduction-'))
    const error: unknown = await (async () => run(folder, brokers ?? []))().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    await rm(folder, { recursive: true, force: true })
    expect(isTicketsError(error, code), `got ${error}`).toBe(true)
    examples.set(code, exampleOf(when, messageOf(error), folder))
  })

test('the page shows each message as it is: -u writes it anew', async () => {
  await expect(withExamples(page, examples)).toMatchFileSnapshot(join(root, PAGE))
})
