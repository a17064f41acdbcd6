import { expect, test } from 'vitest'
import * as z from 'zod'
import { configHelp, configMarkdown } from './help.ts'

const schema = z.object({ rate: z.int().default(0).describe('tickets a second'), kind: z.enum(['a', 'b']) })

test('help shows the use, the description and each flag', () => {
  const help = configHelp(schema, { name: 'produce', description: 'Produces tickets', prefix: 'APP_' })
  expect(help).toMatch(/^Usage: produce \[flags\]\n\nProduces tickets\n\nFlags:\n/)
  expect(help).toMatch(/--rate <number> +tickets a second \(APP_RATE; default 0\)/)
  expect(help).toMatch(/--kind <a\|b> +\(APP_KIND; required\)/)
})

test('a Markdown table has one line for each value, bars escaped', () => {
  expect(
    configMarkdown(schema)
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' ')),
  ).toEqual([
    '| flag | environment | default | meaning |',
    expect.stringMatching(/^\| -+ \| -+ \| -+ \| -+ \|$/),
    '| `--rate <number>` | `RATE` | `0` | tickets a second |',
    '| `--kind <a\\|b>` | `KIND` | required | |',
    '',
  ])
})
