import { expect, it } from 'vitest'
import { requestTypes } from '../ticket.ts'
import { template } from './template.ts'
import { texts } from './texts.ts'

const languages = ['fr', 'en'] as const
const all = requestTypes.flatMap((type) => languages.flatMap((language) => texts[type][language].map((text) => ({ type, language, text }))))

it('has as many texts in French as in English for each type', () => {
  for (const type of requestTypes) {
    expect(texts[type].fr.length).toBeGreaterThan(5)
    expect(texts[type].fr).toHaveLength(texts[type].en.length)
  }
})

it('has no text twice, so that a text tells its type and language', () => {
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length)
})

it('has slots that are all known, and of its own language', () => {
  const foreign: Record<string, readonly string[]> = {
    fr: ['product', 'month', 'plan', 'city', 'language'],
    en: ['produit', 'mois', 'de_mois', 'de_produit', 'forfait', 'ville', 'langue'],
  }
  for (const { language, text } of all) {
    expect(() => template(text), text).not.toThrow()
    const slots = [...text.matchAll(/\{([^}]*)\}/g)].map(([, slot]) => slot as string)
    for (const slot of slots) expect(foreign[language], text).not.toContain(slot)
  }
})

it('is one tidy line each', () => {
  for (const { text } of all) {
    expect(text).toBe(text.trim().normalize('NFC'))
    expect(text).not.toMatch(/[\n\r\t]| {2}/)
  }
})
