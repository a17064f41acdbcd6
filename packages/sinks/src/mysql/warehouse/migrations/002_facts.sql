-- snapshot_date: the day (UTC) that a row speaks of. snapshot_version: of a window its revision, each of which stays, so that what a
-- dashboard once showed can be told; of a ticket the version of its schema.

CREATE TABLE IF NOT EXISTS fact_ticket (
  ticket_id VARCHAR(255) NOT NULL,
  client_id VARCHAR(255) NOT NULL,
  request_type VARCHAR(255) NOT NULL,
  priority VARCHAR(255) NOT NULL,
  team VARCHAR(255) NULL,
  created_at DATETIME(3) NOT NULL COMMENT 'UTC',
  request LONGTEXT NOT NULL,
  snapshot_date DATE NOT NULL,
  snapshot_version INT NOT NULL,
  PRIMARY KEY (ticket_id),
  KEY by_time (created_at),
  KEY by_client (client_id, created_at),
  KEY by_type (request_type, created_at),
  KEY by_priority (priority, created_at),
  KEY by_team (team, created_at),
  KEY by_day (snapshot_date, team),
  -- Forgetting a client is one DELETE on dim_client.
  CONSTRAINT fact_ticket_client FOREIGN KEY (client_id) REFERENCES dim_client (client_id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT fact_ticket_type FOREIGN KEY (request_type) REFERENCES dim_request_type (request_type) ON UPDATE CASCADE,
  CONSTRAINT fact_ticket_priority FOREIGN KEY (priority) REFERENCES dim_priority (priority) ON UPDATE CASCADE,
  CONSTRAINT fact_ticket_team FOREIGN KEY (team) REFERENCES dim_team (team) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT fact_ticket_date FOREIGN KEY (snapshot_date) REFERENCES dim_date (date_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS fact_tickets_by_type (
  window_start DATETIME(3) NOT NULL,
  window_end DATETIME(3) NOT NULL,
  request_type VARCHAR(255) NOT NULL,
  tickets BIGINT NOT NULL,
  clients BIGINT NULL,
  snapshot_date DATE NOT NULL,
  snapshot_version INT NOT NULL,
  PRIMARY KEY (window_start, window_end, request_type, snapshot_version),
  KEY by_day (snapshot_date, request_type),
  KEY by_type (request_type, window_start),
  CONSTRAINT fact_tickets_by_type_type FOREIGN KEY (request_type) REFERENCES dim_request_type (request_type) ON UPDATE CASCADE,
  CONSTRAINT fact_tickets_by_type_date FOREIGN KEY (snapshot_date) REFERENCES dim_date (date_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS fact_tickets_by_priority (
  window_start DATETIME(3) NOT NULL,
  window_end DATETIME(3) NOT NULL,
  priority VARCHAR(255) NOT NULL,
  tickets BIGINT NOT NULL,
  clients BIGINT NULL,
  snapshot_date DATE NOT NULL,
  snapshot_version INT NOT NULL,
  PRIMARY KEY (window_start, window_end, priority, snapshot_version),
  KEY by_day (snapshot_date, priority),
  KEY by_priority (priority, window_start),
  CONSTRAINT fact_tickets_by_priority_priority FOREIGN KEY (priority) REFERENCES dim_priority (priority) ON UPDATE CASCADE,
  CONSTRAINT fact_tickets_by_priority_date FOREIGN KEY (snapshot_date) REFERENCES dim_date (date_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS fact_metrics (
  window_start DATETIME(3) NOT NULL,
  window_end DATETIME(3) NOT NULL,
  total_tickets BIGINT NOT NULL,
  billing_count BIGINT NOT NULL,
  technical_count BIGINT NOT NULL,
  account_count BIGINT NOT NULL,
  general_count BIGINT NOT NULL,
  critical_priority_count BIGINT NOT NULL,
  unique_clients BIGINT NOT NULL,
  snapshot_date DATE NOT NULL,
  snapshot_version INT NOT NULL,
  PRIMARY KEY (window_start, window_end, snapshot_version),
  KEY by_day (snapshot_date),
  CONSTRAINT fact_metrics_date FOREIGN KEY (snapshot_date) REFERENCES dim_date (date_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
