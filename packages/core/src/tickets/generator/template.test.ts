import { expect, it } from 'vitest'
import { IndexedRandom } from './random.ts'
import { template, write } from './template.ts'
import { words } from './words.ts'

/** What a text becomes for each of many indexes; the buffer is full of another letter, so that a byte too many shows. */
function written(text: string, count = 200): string[] {
  const made = template(text)
  const random = new IndexedRandom(1)
  return Array.from({ length: count }, (_, index) => {
    random.seek(index)
    const to = new Uint8Array(made.longest + 6).fill(120)
    const end = write(made, random, to, 3)
    expect(end).toBeLessThanOrEqual(3 + made.longest)
    expect([...to.subarray(0, 3), ...to.subarray(end)].every((byte) => byte === 120)).toBe(true)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(to.subarray(3, end))
  })
}

it('copies a text without slots, short or long, in any script', () => {
  for (const text of ['é', '', '日本語 🙏', 'a text that is longer than what is copied byte by byte, with an é'])
    expect(new Set(written(text))).toEqual(new Set([text]))
})

it('puts one of the words in place of a slot, and each of them some time', () => {
  expect(new Set(written('{plan}'))).toEqual(new Set(words.plan))
  expect(written('« {plan} »').every((text) => words.plan?.includes(text.slice(2, -2)))).toBe(true)
})

it('draws each slot by itself', () => {
  expect(written('{plan} {plan}').some((text) => new Set(text.split(' ')).size === 2)).toBe(true)
})

it('writes a number of exactly as many digits, and none that begins with 0', () => {
  for (const digits of [1, 2, 6, 10])
    for (const text of written(`{${'#'.repeat(digits)}}`)) expect(text).toMatch(new RegExp(`^[1-9]\\d{${digits - 1}}$`))
  expect(new Set(written('{#}')).size).toBe(9)
})

it('knows the most bytes that it can take', () => {
  const longest = (name: string) => Math.max(...(words[name] ?? []).map((word) => new TextEncoder().encode(word).length))
  expect(template('é{##}').longest).toBe(4)
  expect(template('{langue}: {ville}').longest).toBe(longest('langue') + 2 + longest('ville'))
})

it('refuses a slot that has no words', () => {
  expect(() => template('Bonjour {nmae}')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('{nmae}') }))
})
