import { lake, loud, quiet, type RuleCase } from './rule-case.ts'

/** Alert → cases, for alerts about counters. */
export const counterCases: Readonly<Record<string, readonly RuleCase[]>> = {
  TicketsRunFailed: [
    loud(
      'the first failure of a process',
      12,
      { 'tickets_runs_failed_total{pipeline="lake", code="SINK_FAILED", instance="a"}': '_x10 1x20' },
      { ...lake, code: 'SINK_FAILED' },
      'lake failed with SINK_FAILED',
      'A run of lake ended with SINK_FAILED within 15 minutes. The message is in the log of its process.',
    ),
    loud(
      'a later failure',
      42,
      { 'tickets_runs_failed_total{pipeline="lake", code="SINK_FAILED", instance="a"}': '1x30 2x20' },
      { ...lake, code: 'SINK_FAILED' },
      'lake failed with SINK_FAILED',
      'A run of lake ended with SINK_FAILED within 15 minutes. The message is in the log of its process.',
    ),
    quiet('a failure long ago', 40, { 'tickets_runs_failed_total{pipeline="lake", code="SINK_FAILED", instance="a"}': '1x60' }),
  ],
  TicketsRetries: [
    loud(
      'a bucket throttles, from the first fault on',
      12,
      { 'tickets_retries_total{pipeline="lake", task="t-0", code="STORAGE_FAILED", instance="a"}': '_x8 2 4 4x20' },
      { ...lake, code: 'STORAGE_FAILED' },
      'lake retries after STORAGE_FAILED',
      '4 faults with STORAGE_FAILED within 10 minutes. Each was tried again; a run ends after `retries` in a row.',
    ),
    loud(
      'a fault comes again every minute',
      40,
      { 'tickets_retries_total{pipeline="lake", task="t-0", code="STORAGE_FAILED", instance="a"}': '0+1x60' },
      { ...lake, code: 'STORAGE_FAILED' },
      'lake retries after STORAGE_FAILED',
      '10 faults with STORAGE_FAILED within 10 minutes. Each was tried again; a run ends after `retries` in a row.',
    ),
    quiet('a scrape failed ten minutes ago, and the faults are old', 41, {
      'tickets_retries_total{pipeline="lake", task="t-0", code="STORAGE_FAILED", instance="a"}': '50x30 stale 50x30',
    }),
    quiet('partitions move', 40, { 'tickets_retries_total{pipeline="lake", task="t-0", code="TASK_LOST", instance="a"}': '0+5x60' }),
    quiet('a fault now and then', 40, {
      'tickets_retries_total{pipeline="lake", task="t-0", code="STORAGE_FAILED", instance="a"}': '0x20 1x10 2x30',
    }),
  ],
  TicketsDeadLetters: [
    loud(
      'one in ten is invalid',
      30,
      {
        'tickets_rows_read_total{pipeline="lake", task="t-0", instance="a"}': '0+100x60',
        'tickets_rows_rejected_total{pipeline="lake", task="t-0", instance="a"}': '0+10x60',
      },
      lake,
      'lake rejects 10% of its messages',
      'More than 1% of the messages of lake were invalid within 15 minutes. They went to `deadLetters`.',
    ),
    loud(
      'the first invalid messages of a process',
      30,
      {
        'tickets_rows_read_total{pipeline="lake", task="t-0", instance="a"}': '0+100x60',
        'tickets_rows_rejected_total{pipeline="lake", task="t-0", instance="a"}': '_x29 150x30',
      },
      lake,
      'lake rejects 10% of its messages',
      'More than 1% of the messages of lake were invalid within 15 minutes. They went to `deadLetters`.',
    ),
    quiet('one in a two hundred is invalid', 30, {
      'tickets_rows_read_total{pipeline="lake", task="t-0", instance="a"}': '0+1000x60',
      'tickets_rows_rejected_total{pipeline="lake", task="t-0", instance="a"}': '0+5x60',
    }),
    quiet('many were invalid an hour ago', 90, {
      'tickets_rows_read_total{pipeline="lake", task="t-0", instance="a"}': '0+100x100',
      'tickets_rows_rejected_total{pipeline="lake", task="t-0", instance="a"}': '0+50x10 500x90',
    }),
  ],
  TicketsRowsRefused: [
    loud(
      'the first refused row',
      12,
      { 'tickets_rows_refused_total{pipeline="lake", task="t-0", instance="a"}': '_x10 1x20' },
      lake,
      'Flows of lake make rows that cannot be written',
      'A sink or its server refused rows within 15 minutes: 1. They went to `deadLetters`.',
    ),
    loud(
      'a later refused row',
      42,
      { 'tickets_rows_refused_total{pipeline="lake", task="t-0", instance="a"}': '1x30 2x30' },
      lake,
      'Flows of lake make rows that cannot be written',
      'A sink or its server refused rows within 15 minutes: 1. They went to `deadLetters`.',
    ),
    quiet('rows were refused an hour ago', 60, { 'tickets_rows_refused_total{pipeline="lake", task="t-0", instance="a"}': '5x90' }),
  ],
  TicketsLateRows: [
    loud(
      'one in twenty is late',
      30,
      {
        'tickets_rows_read_total{pipeline="lake", task="t-0", instance="a"}': '0+100x60',
        'tickets_rows_late_total{pipeline="lake", flow="hourly", operator="windowed", instance="a"}': '0+5x60',
      },
      lake,
      '5% of the rows of lake come too late',
      'More than 1% of the rows came after their window had closed within 15 minutes. They are in no window.',
    ),
    quiet('one in a two hundred is late', 30, {
      'tickets_rows_read_total{pipeline="lake", task="t-0", instance="a"}': '0+1000x60',
      'tickets_rows_late_total{pipeline="lake", flow="hourly", operator="windowed", instance="a"}': '0+5x60',
    }),
  ],
}
