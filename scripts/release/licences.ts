import { pnpm } from './command.ts'
import { root } from './packages.ts'

/** What users of the packages may be asked to accept: no duty to publish code of their own. */
const allowed = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense'])

/** Tells whether a licence is on the list; of alternatives one is enough, of parts all count. */
export function isAllowed(licence: string): boolean {
  const text = licence.replaceAll(/[()]/g, '').trim()
  if (/\bOR\b/.test(text)) return text.split(/\s+OR\s+/).some(isAllowed)
  return text.split(/\s+AND\s+/).every((part) => allowed.has(part))
}

/** Returns the licences of all that the packages install in production, each with the names of its packages. */
export async function productionLicences(at = root): Promise<Record<string, string[]>> {
  const listed = JSON.parse(await pnpm(['--filter', './packages/*', 'licenses', 'list', '--prod', '--json'], at)) as Record<
    string,
    { name: string }[]
  >
  return Object.fromEntries(Object.entries(listed).map(([licence, all]) => [licence, all.map(({ name }) => name).sort()]))
}

/** Fails where a production dependency has a licence that is not on the list. */
export async function checkLicences(at = root): Promise<string> {
  const found = Object.entries(await productionLicences(at))
  const refused = found.filter(([licence]) => !isAllowed(licence)).map(([licence, names]) => `${licence}: ${names.join(', ')}`)
  if (refused.length > 0) throw new Error(`these licences are not on the list of scripts/release/licences.ts:\n${refused.join('\n')}`)
  if (found.length === 0) throw new Error('no production dependency was listed')
  return `${found.flatMap(([, names]) => names).length} production dependencies: ${found.map(([licence, names]) => `${licence} ${names.length}`).join(', ')}`
}

if (import.meta.main) console.log(await checkLicences())
