import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { type DebianPackage, hasApt, librariesOf, rootOf, unpack } from '../servers/debian.ts'

const debian: DebianPackage = { name: 'chromium', folder: 'chromium', instead: 'Install chromium' }
/** The typeface of the page, where it is installed; Chromium itself brings none. */
const font: DebianPackage = { name: 'fonts-inter', folder: 'fonts-inter', instead: 'Install fonts-inter' }

/** Starts the Chromium of the machine, else that of Debian's package, fetched once; null where there is neither. */
export async function startChromium(): Promise<Browser | null> {
  const args = ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', '--font-render-hinting=none']
  const installed = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  const found = installed.find((path) => existsSync(path))
  if (found) return chromium.launch({ executablePath: found, args })
  if (!(await hasApt())) return null
  for (const one of [debian, font]) if (!existsSync(rootOf(one))) await unpack(one)
  const root = rootOf(debian)
  const libraries = await librariesOf(root)
  const env = { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) } as Record<string, string>
  return chromium.launch({ executablePath: join(root, 'usr/lib/chromium/chromium'), args, env })
}
