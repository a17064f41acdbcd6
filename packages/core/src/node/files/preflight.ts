import { codeOf, type FileLayer } from './file-layer.ts'

/** How file systems say that they have no hard links, or none to this place. */
const noLinks = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

export type PreflightStep = 'write' | 'link' | 'rename' | 'sync'

/** The three names that a preflight check gives its file. */
export interface PreflightNames {
  readonly written: string
  readonly linked: string
  readonly renamed: string
}

export interface PreflightSteps {
  /** Runs once `written` is linked to `linked`. */
  readonly afterLink?: () => Promise<void>
  readonly sync: () => Promise<void>
  /** Returns the error to throw. `cannotLink`: the file system has no hard links to this place. */
  readonly failed: (error: unknown, step: PreflightStep, cannotLink: boolean) => unknown
}

/**
 * Does with a file of its own what commits and publishing will do (docs/internals/protocol.md#1.3): writes it, links it, renames it, syncs the folder,
 * and removes all three names.
 */
export async function preflight(files: FileLayer, names: PreflightNames, { afterLink, sync, failed }: PreflightSteps): Promise<void> {
  let step: PreflightStep = 'write'
  try {
    await files.writeFile(names.written, [new TextEncoder().encode('trial\n')])
    step = 'link'
    await files.link(names.written, names.linked)
    await afterLink?.()
    step = 'rename'
    await files.rename(names.written, names.renamed)
    step = 'sync'
    await sync()
  } catch (error) {
    throw failed(error, step, step === 'link' && noLinks.includes(codeOf(error)))
  } finally {
    for (const path of [names.linked, names.written, names.renamed]) await files.unlink(path).catch(() => {})
  }
}
