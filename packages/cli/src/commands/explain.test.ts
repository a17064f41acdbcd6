import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ticketsCli } from '../tickets.ts'
import { errorTexts } from './explain.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['explain', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test('an error code is explained with the text of its page', async () => {
  const { code, out } = await run('LOG_GONE')
  expect(code).toBe(0)
  expect(out).toMatch(/^LOG_GONE\n\n\S/)
  expect(out).not.toMatch(/\]\(/)
  expect(JSON.parse((await run('log_gone', '--json')).out)).toEqual({ code: 'LOG_GONE', text: out.slice('LOG_GONE\n\n'.length).trimEnd() })
})

test('an unknown code is one line that names the nearest', async () => {
  expect(await run('OPTION_INVALD')).toEqual({
    code: 1,
    out: '',
    err: 'error OPTION_INVALID: there is no error code "OPTION_INVALD". Did you mean OPTION_INVALID?\n',
  })
})

test('every code of the page has its own text, and nothing of the next one', () => {
  const page = readFileSync(new URL('../../../../docs/reference/errors.md', import.meta.url), 'utf8')
  const texts = errorTexts(page)
  expect([...texts.keys()]).toEqual([...page.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code))
  for (const [code, text] of texts) expect(text.length, code).toBeGreaterThan(60)
  expect([...texts.values()].filter((text) => /^#/m.test(text))).toEqual([])
})
