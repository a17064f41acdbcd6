import { join } from 'node:path'
import { codeOf, type FileLayer, unless } from '../files/file-layer.ts'

/** What came of creating a file; `lost` when the temporary file was removed before it had its name. */
export type Creation = 'created' | 'exists' | 'lost'

/**
 * Creates a file whole and durable if there is none of its name, and never changes one that is there (docs/internals/protocol.md#3.1).
 *
 * When this throws after the link, whether the file stands is open: nothing may be deleted then (docs/internals/protocol.md#3.3), so the temporary file stays.
 */
export async function createIfAbsent(
  files: FileLayer,
  folder: string,
  name: string,
  temporary: string,
  parts: readonly Uint8Array[],
): Promise<Creation> {
  const staged = join(folder, temporary)
  await files.writeFile(staged, parts)
  let creation: Creation = 'created'
  try {
    await files.link(staged, join(folder, name))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') creation = 'lost'
    else if (codeOf(error) === 'EEXIST') creation = 'exists'
    else throw error
  }
  // Also where another's stands: whoever continues from it must find it there after a power loss (docs/internals/protocol.md#3.4).
  await files.syncFolder(folder)
  await unless(files.unlink(staged), ['ENOENT'], undefined)
  return creation
}
