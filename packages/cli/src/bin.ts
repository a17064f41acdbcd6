#!/usr/bin/env node
import { ticketsCli } from './commands/tickets.ts'

process.exitCode = await ticketsCli()
