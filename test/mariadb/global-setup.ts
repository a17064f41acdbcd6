import type { TestProject } from 'vitest/node'
import { lend } from '../servers/lend.ts'
import { mariadb } from './mariadb.ts'

export default (project: TestProject) => lend(project, 'databaseLender', mariadb)
