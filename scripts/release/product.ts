import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.ts'

/** Where the product is found: the only place that says so. */
export interface Product {
  readonly repository: string
  readonly homepage: string
  readonly bugs: string
  /** Where a vulnerability is reported in private. */
  readonly security: string
}

export const product = (): Product => JSON.parse(readFileSync(join(root, 'product.json'), 'utf8')) as Product

/**
 * Returns what a release refuses: fields that are missing, no `https:` addresses, or still placeholders.
 *
 * @example
 * productProblems({ ...product(), bugs: 'later' }) // ['bugs of product.json is no https: address: later', …]
 */
export function productProblems(said: Product): string[] {
  const fields = ['repository', 'homepage', 'bugs', 'security'] as const
  return fields.flatMap((field) => {
    const value = String(said[field] ?? '')
    if (!/^https:\/\/\S+$/.test(value)) return [`${field} of product.json is no https: address: ${value}`]
    return /OWNER|REPOSITORY|\bexample\b|\.invalid\b/.test(value) ? [`${field} of product.json is a placeholder: ${value}`] : []
  })
}
