import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownDatabase } from '../../packages/sinks/test/mysql-helpers.ts'
import { sharedBroker } from '../broker/shared.ts'
import { folder, type Ran } from '../examples/run.ts'
import { root } from '../repo/files.ts'
import { compose } from './compose.ts'

const brokers = await sharedBroker('the commands of compose.yaml')
const database = await ownDatabase('the commands of compose.yaml')

/** Runs a service's command as it is written, with its environment; what is another place outside of the containers is put in its place. */
function service(name: string, places: Readonly<Record<string, string>>): Promise<Ran> {
  const { command = [], environment = {} } = compose.services[name] ?? {}
  const [program = '', ...args] = command
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...environment, ...places },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })))
}

test.skipIf(!brokers || !database)(
  'the commands of producer and pipeline work as they are written',
  async () => {
    const home = await folder()
    const places = { BROKERS: `${brokers}`, TOPIC: `compose-${randomUUID()}` }
    const sent = await service('producer', { ...places, RATE: '0', TICKETS: '500' })
    expect(sent, sent.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('500 tickets sent') })
    const ran = await service('pipeline', {
      ...places,
      OUTPUT: join(home, 'feeds'),
      FEEDS_SOCKET: join(home, 's'),
      MYSQL_URL: `${database?.url}`,
      UNTIL: 'now',
    })
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/lake +done +500[\s\S]*warehouse +done +500/) })
    expect(await database?.query('SELECT count(*) AS n FROM fact_ticket')).toMatchObject([{ n: 500 }])
  },
  120_000,
)
