import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import { fileError } from '../files/file-errors.ts'
import { codeOf } from '../files/file-layer.ts'
import { checkForm } from './file-form.ts'
import { unpacked } from './unpack.ts'

/** Opens a file to read its lines, unpacked where it is packed. Throws `SOURCE_MISSING`, `SOURCE_FAILED`. */
export async function openFile(path: string): Promise<{ handle: FileHandle; size: number }> {
  let handle: FileHandle | undefined
  try {
    handle = await open(resolve(path), 'r')
    const found = await handle.stat()
    if (found.isFile()) {
      const plain = await unpacked(path, handle)
      if (plain !== handle) await handle.close()
      handle = plain
      const { size } = await plain.stat()
      await checkForm(path, plain, size)
      return { handle: plain, size }
    }
  } catch (error) {
    await handle?.close()
    if (codeOf(error) === 'ENOENT')
      throw new TicketsError('SOURCE_MISSING', `there is no file ${path}: check the path, or write the messages there first`, { cause: error })
    throw fileError(error, 'SOURCE_FAILED', `opening ${path}`)
  }
  await handle.close()
  throw new TicketsError('SOURCE_FAILED', `${path} is no regular file: give the path of a JSON Lines file, which can be read again from any position`)
}
