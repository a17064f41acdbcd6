#!/usr/bin/env node
import { ticketsCli } from './tickets.ts'

process.exitCode = await ticketsCli()
