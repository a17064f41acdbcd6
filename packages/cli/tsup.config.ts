import { copyFile } from 'node:fs/promises'
import { packageBuild } from '../../tsup.base.ts'

export default packageBuild({ index: 'src/index.ts', config: 'src/config.ts', bin: 'src/bin.ts' }, [], {
  // What `tickets explain` reads.
  onSuccess: () => copyFile('../../docs/reference/errors.md', 'dist/errors.md'),
})
