import { expect, test } from 'vitest'
import { clients, kafkas, nodes, PAGE, supportPage, type Tested } from '../matrix/support-page.ts'
import { read } from './files.ts'

const record = JSON.parse(read('test/matrix/support.json')) as Tested[]

test('the page of supported versions is the one that the last run wrote: pnpm support', () => {
  expect(read(PAGE)).toBe(supportPage(record))
})

test('each version of Node and of Kafka, and each client, was tested in some combination', () => {
  const names = (pick: (tested: Tested) => string | undefined) => new Set(record.map(pick))
  for (const node of nodes) expect(names((tested) => (tested.kafka === undefined ? tested.node : undefined))).toContain(node)
  for (const kafka of Object.keys(kafkas)) expect(names((tested) => tested.kafka)).toContain(kafka)
  for (const client of clients) expect(names((tested) => tested.client)).toContain(client)
  expect(record.filter(({ tests }) => tests < 1)).toEqual([])
})

test('what was not run is called not tested', () => {
  const page = supportPage([{ node: '22', version: 'v22.1.0', day: '2026-12-01', tests: 1 }])
  expect(page).toMatch(/\| Node 22 +\| v22\.1\.0 +\| tested 2026-12-01 +\|/)
  expect(page).toMatch(/\| Node 24 +\| +\| not tested +\|/)
  expect(page.match(/\| not tested +\| not tested +\| not tested +\|/g)).toHaveLength(Object.keys(kafkas).length * clients.length)
})
