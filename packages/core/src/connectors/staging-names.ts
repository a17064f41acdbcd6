import { sha256Hex } from '../base/keyed-hash.ts'
import type { TaskId } from './sink.ts'
import type { Attempt } from './staged-entry.ts'

/** File names have at most 255 bytes, and this is part of one. */
const LONGEST_NAME = 200

/** Returns a folder name for any text. Characters that some file systems do not allow are escaped. */
function folderName(text: string): string {
  const escaped = [...new TextEncoder().encode(text)]
    .map((byte, i) => {
      const character = String.fromCharCode(byte)
      return (i === 0 ? /[\w-]/ : /[\w.-]/).test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
  if (escaped.length <= LONGEST_NAME) return escaped
  return `${escaped.slice(0, LONGEST_NAME / 2)}-${sha256Hex(text).slice(0, 16)}`
}

/** Returns `.staging/<log id>/<flow>/<task>`, below which one task of one flow stages. A compaction belongs to no flow, so its path has none. */
export const taskStaging = ({ logId, flow, task }: TaskId): string =>
  flow === '' ? `.staging/${logId}/${task}` : `.staging/${logId}/${folderName(flow)}/${task}`

/** Returns the staging of one attempt at one range, as its record names it. */
export const stagingName = (id: TaskId, n: number, attempt: string): string => `${taskStaging(id)}/${n}-${attempt}`

/** Returns number and attempt from the last name of a staging, `<n>-<attempt>`; null for any other name. */
export function parseStagingName(name: string): Attempt | null {
  const match = /^(\d+)-(.+)$/.exec(name)
  return match ? { n: Number(match[1]), attempt: match[2] as string } : null
}
