import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { instant } from '@tickets/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { configHelp, configMarkdown } from './help.ts'
import { type ConfigOptions, loadConfig } from './load-config.ts'
import { durationText, secret } from './value-types.ts'

let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-config-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const load = <Z extends z.core.$ZodObject>(schema: Z, argv: string[], env: Record<string, string> = {}, more: ConfigOptions = {}) =>
  loadConfig(schema, { argv, env, envFile: null, ...more })

const problem = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).toMatchObject({ code: 'OPTION_INVALID' })
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

const All = z.object({
  brokers: z
    .array(z.string().regex(/:\d+$/, 'is host:port, or several with commas'))
    .optional()
    .describe('Kafka brokers')
    .meta({ placeholder: 'host:port,…' }),
  maxRows: z.int().min(1).default(1000).describe('rows a file'),
  share: z.number().default(0.5),
  format: z.enum(['parquet', 'csv']).default('parquet'),
  resume: z.boolean().default(false),
  wait: durationText().prefault('30s').describe('how long to wait'),
  from: z.union([z.enum(['earliest', 'latest']), instant()]).default('earliest'),
  ports: z.array(z.int()).default([1, 2]),
  mysql: z.object({ host: z.string().default('localhost'), password: secret().optional().describe('of the database') }),
})

test('defaults, where nothing is given', () => {
  expect(load(All, [])).toEqual({
    maxRows: 1000,
    share: 0.5,
    format: 'parquet',
    resume: false,
    wait: 30_000,
    from: 'earliest',
    ports: [1, 2],
    mysql: { host: 'localhost' },
  })
})

test('texts become what the schema says, as flags and in the environment', () => {
  const expected = {
    brokers: ['a:1', 'b:2'],
    maxRows: 20_000,
    share: -0.25,
    format: 'csv',
    resume: true,
    wait: 500,
    from: new Date(0),
    ports: [3],
    mysql: { host: 'db' },
  }
  const flags = [
    '--brokers',
    'a:1, b:2',
    '--max-rows=20_000',
    '--share=-0.25',
    '--format',
    'csv',
    '--resume',
    '--wait',
    '500',
    '--from',
    '1970-01-01T01:00:00+01:00',
  ]
  expect(load(All, [...flags, '--ports', '3', '--mysql-host', 'db'])).toEqual(expected)
  const env = {
    BROKERS: 'a:1,b:2',
    MAX_ROWS: '20_000',
    SHARE: '-0.25',
    FORMAT: 'csv',
    RESUME: 'yes',
    WAIT: '500ms',
    FROM: '1970-01-01T00:00:00Z',
    PORTS: '3',
  }
  expect(load(All, [], { ...env, MYSQL_HOST: 'db' })).toEqual(expected)
  expect(load(All, ['--brokers', 'a:1', '--brokers', 'b:2', '--no-resume', '--share', '-1'], { RESUME: '1' })).toMatchObject({
    brokers: ['a:1', 'b:2'],
    resume: false,
    share: -1,
  })
  expect(load(All, ['--resume=off', '--ports=']).ports).toEqual([])
})

test('flags beat the environment, which beats .env; empty variables count as not set', async () => {
  const envFile = join(home, '.env')
  await writeFile(envFile, 'MAX_ROWS=1\nSHARE=1\nMYSQL_HOST="of the file"\nFORMAT=\nOTHER=7\n')
  expect(load(All, ['--max-rows', '3'], { MAX_ROWS: '2', SHARE: '2', MYSQL_HOST: '' }, { envFile })).toMatchObject({
    maxRows: 3,
    share: 2,
    format: 'parquet',
    mysql: { host: 'of the file' },
  })
  expect(load(All, [], {}, { envFile: join(home, 'none') }).maxRows).toBe(1000)
  expect(problem(() => load(All, [], {}, { envFile: home }))).toMatch(/cannot be read \(EISDIR\)/)
})

test('all problems are reported at once, each with where it is from', async () => {
  const envFile = join(home, 'bad.env')
  await writeFile(envFile, 'SHARE=much\n')
  const said = problem(() =>
    load(All, ['--max-rows', 'many', '--formt', 'csv', '--brokers', 'nowhere', 'extra'], { RESUME: 'perhaps', WAIT: 'long' }, { envFile }),
  )
  expect(said).toMatch(/^7 problems: \(1\) /)
  expect(said).toContain('--formt is not known. Did you mean --format?')
  expect(said).toContain('"extra" is no flag')
  expect(said).toContain('--max-rows many: is a whole number')
  expect(said).toContain('--brokers nowhere: is host:port')
  expect(said).toContain('SHARE=much in')
  expect(said).toContain('RESUME=perhaps in the environment: is true or false')
  expect(said).toContain("WAIT=long in the environment: is a duration such as '10s'")
  expect(problem(() => load(All, ['--format', 'xml']))).toContain('--format xml: is one of parquet, csv')
  expect(problem(() => load(All, ['--max-rows', '0']))).toMatch(/--max-rows 0: .*>=1/)
  expect(problem(() => load(All, ['--max-rows', '1e400']))).toContain('--max-rows 1e400')
  expect(problem(() => load(All, ['--from', 'yesterday']))).toContain('is one of earliest, latest, or text')
  expect(problem(() => load(All, ['--format', '--resume']))).toContain('--format needs a value')
  expect(problem(() => load(All, ['--format']))).toContain('--format needs a value, <parquet|csv>')
  expect(problem(() => load(z.object({ topic: z.string() }), []))).toBe('--topic is missing: set --topic <text> or TOPIC. See --help')
  const both = z.object({ a: z.int(), b: z.int() }).refine(({ a, b }) => a < b, 'a is less than b')
  expect(problem(() => load(both, ['--a', '2', '--b', '1']))).toContain('a is less than b')
})

test('unknown names that begin with the prefix are refused, in the environment and .env', async () => {
  const envFile = join(home, 'prefixed.env')
  await writeFile(envFile, 'APP_MAXROWS=1\nMAX_ROWS=9\n')
  const schema = z.object({ maxRows: z.int().default(5) })
  const kubernetes = { APP_SERVICE_HOST: '10.0.0.1', APP_PORT: 'tcp://10.0.0.1:80', APP_PORT_80_TCP_ADDR: '10.0.0.1' }
  expect(load(schema, [], { APP_MAX_ROWS: '7', OTHER: '1', MAX_ROWS: '8', ...kubernetes }, { prefix: 'APP_' })).toEqual({ maxRows: 7 })
  const said = problem(() => load(schema, [], { APP_MAX_ROW: '7' }, { prefix: 'APP_', envFile }))
  expect(said).toContain('APP_MAX_ROW in the environment is not known. Did you mean APP_MAX_ROWS?')
  expect(said).toContain('APP_MAXROWS in')
})

test('of values that exclude each other the one from the highest place counts', () => {
  const schema = z.object({ input: z.string().optional(), brokers: z.string().optional() })
  const oneOf = [['input', 'brokers']]
  expect(load(schema, ['--input', 'a'], { BROKERS: 'b' }, { oneOf })).toEqual({ input: 'a' })
  expect(load(schema, [], { BROKERS: 'b' }, { oneOf })).toEqual({ brokers: 'b' })
  expect(problem(() => load(schema, ['--input', 'a', '--brokers', 'b'], {}, { oneOf }))).toContain('--input and --brokers are given together')
  expect(problem(() => load(schema, [], { INPUT: 'a', BROKERS: 'b' }, { oneOf }))).toContain('INPUT and BROKERS are given together')
})

test('a secret is never shown: not in help, in errors, nor in what is logged', async () => {
  const word = 'hunter2-hunter2'
  const schema = z.object({
    password: secret(z.string().refine((text) => text.length < 5, { error: ({ input }) => `${input} is too long` })).optional(),
    url: z.string().default(`mysql://root:${word}@db`).meta({ secret: true }),
    rate: z.int().default(1),
  })
  expect(configHelp(schema)).not.toContain(word)
  expect(configMarkdown(schema)).not.toContain(word)
  const file = join(home, 'password')
  await writeFile(file, `${word}\n`)
  for (const [argv, env] of [
    [['--password', word], {}],
    [[`--password=${word}`], {}],
    [['--pasword', word], {}],
    [[`--pasword=${word}`], {}],
    [['--password-file', file], {}],
    [['--rate', 'x'], { PASSWORD: word }],
    [['--rate', word], { PASSWORD: word }],
    [[], { PASSWORD: word }],
    [[], { PASSWORD: word, PASSWORD_FILE: file }],
  ] as [string[], Record<string, string>][])
    expect(problem(() => load(schema, argv, env))).not.toContain(word)
  expect(problem(() => load(schema, ['--password', word]))).toContain(
    '--password is a secret, and others can read command lines: set PASSWORD, or --password-file',
  )
  const { password } = load(z.object({ password: secret() }), ['--password-file', file], { PASSWORD: 'other' })
  expect([`${password}`, JSON.stringify({ password }), inspect({ password })].join()).not.toContain(word)
  expect(password.reveal()).toBe(word)
  expect(load(z.object({ password: secret() }), [], { PASSWORD: 'p' }).password.reveal()).toBe('p')
  expect(load(z.object({ password: secret() }), [], { PASSWORD_FILE: file }).password.reveal()).toBe(word)
  expect(problem(() => load(z.object({ password: secret() }), []))).toContain('set PASSWORD, or PASSWORD_FILE to a file that holds it')
  expect(problem(() => load(z.object({ password: secret() }), ['--password-file', join(home, 'none')]))).toContain('cannot be read (ENOENT)')
})

test('--help tells every value, its flag, its variable, its default', () => {
  let help = ''
  load(All, ['--help'], {}, { name: 'lake', description: 'Tickets into files', prefix: 'T_', onHelp: (text) => (help = text) })
  expect(help).toContain('Usage: lake [flags]\n\nTickets into files\n')
  expect(help).toMatch(/--brokers <host:port,…> +Kafka brokers \(T_BROKERS\)/)
  expect(help).toMatch(/--max-rows <number> +rows a file \(T_MAX_ROWS; default 1000\)/)
  expect(help).toMatch(/--wait <duration> +how long to wait \(T_WAIT; default 30s\)/)
  expect(help).toMatch(/--resume +\(T_RESUME\)/)
  expect(help).toMatch(/--mysql-password-file <path> +of the database \(T_MYSQL_PASSWORD or T_MYSQL_PASSWORD_FILE\)/)
  expect(help.split('\n').every((line) => line.length < 150)).toBe(true)
  expect(configMarkdown(All)).toMatch(/\| `--format <parquet\\\|csv>` +\| `FORMAT` +\| `parquet` +\|/)
})

test('zod/mini will do; a type that no text gives is refused', () => {
  const config = load(mini.object({ rate: mini._default(mini.int(), 3), on: mini.optional(mini.boolean()) }), ['--on'])
  expect(config).toEqual({ rate: 3, on: true })
  expect(problem(() => load(z.object({ when: z.map(z.string(), z.string()) }), []))).toContain('"when"')
})
