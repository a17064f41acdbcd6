import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../test/repo/files.ts'
import { PAGE, withTests } from '../test/repo/protocol.ts'

// Writes which tests prove each rule into the protocol page; test/repo/protocol.test.ts fails where that is old.
const path = join(root, PAGE)
await writeFile(path, withTests(await readFile(path, 'utf8')))
