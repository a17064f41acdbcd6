import { lake, loud, quiet, type RuleCase, task } from './rule-case.ts'

/** Alert → cases, for alerts about gauges. */
export const gaugeCases: Readonly<Record<string, readonly RuleCase[]>> = {
  TicketsPipelineDown: [
    loud(
      'the only process is gone',
      20,
      { 'tickets_up{pipeline="lake", instance="a"}': '1x10 stale' },
      lake,
      'lake does not run',
      'No process has run lake for 5 minutes, and one did within the last day.',
    ),
    loud(
      'the run has ended, and its process answers',
      20,
      { 'tickets_up{pipeline="lake", instance="a"}': '1x10 0x20' },
      lake,
      'lake does not run',
      'No process has run lake for 5 minutes, and one did within the last day.',
    ),
    quiet('another process goes on', 20, {
      'tickets_up{pipeline="lake", instance="a"}': '1x10 stale',
      'tickets_up{pipeline="lake", instance="b"}': '1x40',
    }),
    quiet('a new process comes within minutes', 20, {
      'tickets_up{pipeline="lake", instance="a"}': '1x5 stale',
      'tickets_up{pipeline="lake", instance="b"}': '_x8 1x40',
    }),
    quiet('it is gone for two minutes', 13, { 'tickets_up{pipeline="lake", instance="a"}': '1x10 stale' }),
    quiet('a backfill has ended', 20, { 'tickets_up{pipeline="lake/october", instance="a"}': '1x10 0x20' }),
  ],
  TicketsNoCommit: [
    loud(
      'rows wait, and the last commit gets older',
      20,
      {
        'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="a"}': '50x40',
        'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="a"}': '0x40',
      },
      task,
      't-0 of lake commits nothing',
      'Rows of t-0 wait, and lake has committed none of them for 10 minutes or more.',
    ),
    loud(
      'messages wait, and the process has never committed',
      6,
      {
        'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="a"}': '0x40',
        'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '5x40',
      },
      task,
      't-0 of lake commits nothing',
      'Rows of t-0 wait, and lake has committed none of them for 10 minutes or more.',
    ),
    quiet('rows wait for as long as a long range lasts', 35, {
      'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="a"}': '50x40',
      'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="a"}': '0x8 540x8 1080x8 1620x8',
    }),
    quiet('rows wait since a moment', 12, {
      'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="a"}': '50x40',
      'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="a"}': '0x40',
    }),
    quiet('nothing waits', 30, {
      'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="a"}': '0x40',
      'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '0x40',
      'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="a"}': '0x40',
    }),
    quiet('rows wait, and ranges are committed', 30, {
      'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="a"}': '50x40',
      'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="a"}': '0+60x40',
    }),
    quiet('the partition has moved to a process that commits', 30, {
      'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="a"}': '0x10 stale',
      'tickets_rows_uncommitted{pipeline="lake", task="t-0", instance="b"}': '_x10 50x40',
      'tickets_last_commit_timestamp_seconds{pipeline="lake", task="t-0", instance="b"}': '_x10 660+60x40',
    }),
  ],
  TicketsLagGrows: [
    loud(
      'two partitions fall behind together',
      40,
      {
        'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '0+100x60',
        'tickets_consumer_lag{pipeline="lake", task="t-1", instance="b"}': '0+100x60',
      },
      lake,
      'lake falls behind its source',
      '8k messages are not read by lake, and their number has grown for 15 minutes.',
    ),
    quiet('a backlog is read', 40, { 'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '90000-100x60' }),
    quiet('a few messages come and go', 40, { 'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '0+10x60' }),
    quiet('a peak that has just begun', 26, { 'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '0x20 0+1000x20' }),
    quiet('a peak that is read within minutes', 40, {
      'tickets_consumer_lag{pipeline="lake", task="t-0", instance="a"}': '0x20 0+1000x8 8000-1000x8 0x40',
    }),
  ],
  TicketsWatermarkStands: [
    loud(
      'one partition stands',
      20,
      {
        'tickets_watermark_seconds{pipeline="lake", task="t-0", instance="a"}': '7x40',
        'tickets_watermark_lag_seconds{pipeline="lake", task="t-0", instance="a"}': '0+60x40',
        'tickets_watermark_seconds{pipeline="lake", task="t-1", instance="a"}': '0+60x40',
        'tickets_watermark_lag_seconds{pipeline="lake", task="t-1", instance="a"}': '5x40',
      },
      task,
      't-0 holds back the windows of lake',
      'The watermark of t-0 has not moved for 10 minutes or more. It is 20m 0s behind the clock.',
    ),
    quiet('a process has just begun', 4, {
      'tickets_watermark_seconds{pipeline="lake", task="t-0", instance="a"}': '7x40',
      'tickets_watermark_lag_seconds{pipeline="lake", task="t-0", instance="a"}': '0+60x40',
    }),
    quiet('rows come every eight minutes', 39, {
      'tickets_watermark_seconds{pipeline="lake", task="t-0", instance="a"}': '0x7 480x7 960x7 1440x7 1920x7',
      'tickets_watermark_lag_seconds{pipeline="lake", task="t-0", instance="a"}': '300x60',
    }),
    quiet('the partition is idle', 20, { 'tickets_watermark_seconds{pipeline="lake", task="t-0", instance="a"}': '7x40' }),
    quiet('an old topic is read', 20, {
      'tickets_watermark_seconds{pipeline="lake", task="t-0", instance="a"}': '0+600x40',
      'tickets_watermark_lag_seconds{pipeline="lake", task="t-0", instance="a"}': '90000-540x40',
    }),
  ],
  TicketsMergeLag: [
    loud(
      'the merge folds nothing',
      40,
      { 'tickets_merge_lag_ranges{pipeline="lake", task="t-0", instance="a"}': '0+2x60' },
      task,
      'The merge of lake is behind',
      'The merge has not folded 80 ranges of t-0, and has been more than 20 behind for 10 minutes.',
    ),
    quiet('the merge is a little behind all the time', 40, { 'tickets_merge_lag_ranges{pipeline="lake", task="t-0", instance="a"}': '15x60' }),
    quiet('the merge is behind since a moment', 25, { 'tickets_merge_lag_ranges{pipeline="lake", task="t-0", instance="a"}': '0x20 30x30' }),
    quiet('the merge catches up', 40, { 'tickets_merge_lag_ranges{pipeline="lake", task="t-0", instance="a"}': '0x20 30-6x5 0x40' }),
  ],
  TicketsMemoryNearLimit: [
    loud(
      'a process holds as much as it may',
      30,
      {
        'tickets_held_bytes{pipeline="lake", instance="a"}': '90x60',
        'tickets_memory_limit_bytes{pipeline="lake", instance="a"}': '100x60',
        'tickets_held_bytes{pipeline="lake", instance="b"}': '10x60',
        'tickets_memory_limit_bytes{pipeline="lake", instance="b"}': '100x60',
      },
      lake,
      'lake waits for memory',
      'Rows held take 90% of `memory` on average over 10 minutes. Above 75% reading has to wait.',
    ),
    quiet('a process is full since a moment', 3, {
      'tickets_held_bytes{pipeline="lake", instance="a"}': '90x60',
      'tickets_memory_limit_bytes{pipeline="lake", instance="a"}': '100x60',
    }),
    quiet('half of it, and all of it for a moment', 30, {
      'tickets_held_bytes{pipeline="lake", instance="a"}': '50x20 100x3 50x40',
      'tickets_memory_limit_bytes{pipeline="lake", instance="a"}': '100x60',
    }),
  ],
}
