import { TicketsError } from '../../base/errors.ts'

/** `s3://bucket/prefix`, `file:///data`; never the drive of a path on Windows. */
const ADDRESS = /^([a-z][a-z\d+.-]+):\/\/([^/]*)\/*(.*)$/i

/**
 * Refuses an address where a folder of the local disk belongs: as a path, `s3://bucket/log` is a folder named `s3:`.
 *
 * @throws `OPTION_INVALID`, with what to pass
 */
export function refuseAddress(path: string): void {
  const [, scheme = '', bucket = '', prefix = ''] = ADDRESS.exec(path.trim()) ?? []
  if (scheme === '') return
  const refused = (what: string) => new TicketsError('OPTION_INVALID', `${JSON.stringify(path)} is an address, and a text here is a folder: ${what}`)
  if (scheme.toLowerCase() === 'file') throw refused(`leave out "${scheme}://"`)
  if (!/^s3[an]?$/i.test(scheme))
    throw refused(`"${scheme}://" has no storage of its own. Use a folder, a bucket with the S3 API by s3() of @tickets/s3, or your own Storage`)
  const where = [`bucket: '${bucket}'`, ...(prefix === '' ? [] : [`prefix: '${prefix}'`])].join(', ')
  throw refused(`import { s3 } from '@tickets/s3' and pass s3({ ${where} }) instead`)
}
