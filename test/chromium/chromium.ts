import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { type DebianPackage, hasApt, librariesOf, rootOf, unpack } from '../servers/debian.ts'

const debian: DebianPackage = { name: 'chromium', folder: 'chromium', instead: 'Install chromium' }
const args = ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', '--font-render-hinting=none']

/** Starts the Chromium of the machine, else that of Debian's package, fetched once; null where there is neither. */
export async function startChromium(): Promise<Browser | null> {
  const installed = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  const found = installed.find((path) => existsSync(path))
  if (found) return chromium.launch({ executablePath: found, args })
  if (!(await hasApt())) return null
  const root = rootOf(debian)
  if (!existsSync(root)) await unpack(debian)
  return chromium.launch({ executablePath: join(root, 'usr/lib/chromium/chromium'), args, env: await environmentOf(root) })
}

/** Where libraries and fonts that were unpacked are found; those of the machine are used, too. */
async function environmentOf(root: string): Promise<Record<string, string>> {
  const libraries = await librariesOf(root)
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...Object.fromEntries(own),
    // Libraries of PulseAudio find each other by a path that is built into them.
    ...(libraries !== null && { LD_LIBRARY_PATH: [libraries, join(libraries, 'pulseaudio')].join(delimiter) }),
    ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(root, 'etc/fonts') }),
    XDG_DATA_HOME: join(root, 'usr/share'),
  }
}
