import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate with its key, in PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Signs certificates. */
export interface Authority {
  readonly cert: Buffer
  readonly certFile: string
  /** `name` is the subject's CN, `san` what it is for, such as `IP:127.0.0.1`. One that has expired ended yesterday. */
  sign(name: string, options?: { readonly san?: string; readonly expired?: boolean }): Certificate
}

const openssl = (args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes a CA of a test, its files in a folder. */
export function authority(folder: string, name: string): Authority {
  const path = (file: string) => join(folder, `${name}-${file}`)
  const [caKey, caCert] = [path('ca.key'), path('ca.pem')]
  openssl(['req', '-x509', ...newKey, '-keyout', caKey, '-out', caCert, '-days', '2', '-subj', `/CN=${name}`])
  let serial = 0
  return {
    cert: readFileSync(caCert),
    certFile: caCert,
    sign(subject, { san, expired = false } = {}) {
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((kind) => path(`${++serial}.${kind}`)) as [
        string,
        string,
        string,
        string,
      ]
      openssl(['req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${subject}`])
      writeFileSync(extensions, `basicConstraints=CA:FALSE\n${san ? `subjectAltName=${san}\n` : ''}`)
      const signed = ['-CA', caCert, '-CAkey', caKey, '-set_serial', String(serial), '-days', expired ? '-1' : '2', '-extfile', extensions]
      openssl(['x509', '-req', '-in', request, '-out', cert, ...signed])
      return { cert: readFileSync(cert), key: readFileSync(key) }
    },
  }
}
