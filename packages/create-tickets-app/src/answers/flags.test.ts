import { describe, expect, test } from 'vitest'
import { HELP, readFlags } from './flags.ts'

describe('flags', () => {
  test('none of them leaves all to questions', () => {
    expect(readFlags([])).toMatchObject({ folder: undefined, given: {}, template: 'file', yes: false, install: true, start: true })
  })

  test('a template gives all answers, and other flags change single ones', () => {
    expect(readFlags(['demo', '--template', 'kafka', '-y', '--sinks', 'json, parquet,json,postgres', '--no-start'])).toMatchObject({
      folder: 'demo',
      template: 'kafka',
      given: { source: 'kafka', sinks: ['json', 'postgres'], dashboard: false },
      yes: true,
      start: false,
    })
    expect(readFlags(['--template=dashboard', '--no-dashboard', '--source=json-lines']).given).toEqual({
      source: 'json-lines',
      sinks: [],
      dashboard: false,
    })
  })

  test.each([
    [['--tempalte', 'kafka'], 'there is no flag --tempalte: choose --template, --source'],
    [['--template', 'kafak'], 'there is no template "kafak": choose file, kafka, dashboard'],
    [['--sinks', 'json,xml'], 'there is no sink "xml": choose json, csv, mysql, postgres'],
    [['--source'], "Option '--source <value>' argument missing. See --help"],
    [['a', 'b'], 'one folder at a time, got a, b'],
  ])('%j is refused with what to write', (argv, message) => expect(() => readFlags(argv)).toThrow(message))

  test('the help names every flag', () => {
    for (const flag of ['--template', '--source', '--sinks', '--dashboard', '--yes', '--no-install', '--no-start', '--help', '--version'])
      expect(HELP).toContain(flag)
  })
})
