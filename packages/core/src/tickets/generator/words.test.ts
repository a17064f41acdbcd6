import { describe, expect, it } from 'vitest'
import { template } from './template.ts'
import { closings, words } from './words.ts'

describe.each(Object.entries(words))('{%s}', (_slot, all) => {
  it('has several words, none of them empty or twice', () => {
    expect(all.length).toBeGreaterThan(5)
    expect(new Set(all).size).toBe(all.length)
    for (const word of all) expect(word).toMatch(/^[^{}\s](?:[^{}\n]*[^{}\s])?$/)
  })
})

it('has the months of a year, in each form', () => {
  for (const slot of ['mois', 'month', 'de_mois']) expect(words[slot]).toHaveLength(12)
})

it('joins "de" to each French month and product as French does', () => {
  expect(words.de_mois).toEqual(words.mois?.map((month) => (/^[aeiouhé]/.test(month) ? `d’${month}` : `de ${month}`)))
  expect(words.de_produit).toEqual(words.produit?.map((product) => `de ${product}`.replace(/^de le /, 'du ')))
})

it('ends most texts as they are, and the others with a word of thanks after a space', () => {
  for (const all of [closings.fr, closings.en]) {
    expect(all.filter((text) => text === '').length).toBeGreaterThan(1)
    for (const text of all) if (text !== '') expect(text).toMatch(/^ \S.*\S$/u)
    for (const text of all) expect(() => template(text)).not.toThrow()
  }
})
