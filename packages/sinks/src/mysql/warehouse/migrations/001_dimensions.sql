-- What facts are told apart by. The keys are the natural ones: two warehouses of one topic then hold the same rows,
-- whatever crashed on the way, and a fact is loaded without looking a number up.

CREATE TABLE IF NOT EXISTS dim_date (
  date_key DATE NOT NULL COMMENT 'a day in UTC',
  year SMALLINT NOT NULL,
  quarter TINYINT NOT NULL,
  month TINYINT NOT NULL,
  month_name VARCHAR(9) NOT NULL,
  iso_week TINYINT NOT NULL,
  day TINYINT NOT NULL,
  day_of_week TINYINT NOT NULL COMMENT '1 is Monday, 7 is Sunday',
  day_name VARCHAR(9) NOT NULL,
  is_weekend BOOLEAN NOT NULL,
  PRIMARY KEY (date_key),
  KEY by_month (year, month)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS dim_team (
  team VARCHAR(255) NOT NULL,
  PRIMARY KEY (team)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS dim_request_type (
  request_type VARCHAR(255) NOT NULL,
  PRIMARY KEY (request_type)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS dim_priority (
  priority VARCHAR(255) NOT NULL,
  level TINYINT NULL COMMENT '1 is the lowest; NULL for one that came with the tickets',
  is_urgent BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (priority)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS dim_client (
  client_id VARCHAR(255) NOT NULL,
  first_ticket_at DATETIME(3) NOT NULL,
  last_ticket_at DATETIME(3) NOT NULL,
  PRIMARY KEY (client_id),
  KEY by_last_ticket (last_ticket_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

INSERT IGNORE INTO dim_team (team) VALUES
  ('Account Management'), ('Billing Team'), ('General Support'), ('Technical Support');

INSERT IGNORE INTO dim_request_type (request_type) VALUES
  ('account'), ('billing'), ('general'), ('technical');

INSERT IGNORE INTO dim_priority (priority, level, is_urgent) VALUES
  ('low', 1, FALSE), ('medium', 2, FALSE), ('high', 3, TRUE), ('critical', 4, TRUE);
