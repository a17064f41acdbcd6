import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** The job in Flink SQL, in a mini cluster of this process: FlinkJob <brokers> <topic> <group> <out> <scratch> <batch|streaming>. */
public final class FlinkJob {
  private static final String TICKET =
      "ticket_id STRING NOT NULL, client_id STRING NOT NULL, created_at TIMESTAMP_LTZ(3) NOT NULL, "
          + "request STRING NOT NULL, request_type STRING NOT NULL, priority STRING NOT NULL";
  private static final String COUNTS = "tickets BIGINT NOT NULL, clients BIGINT NOT NULL";

  public static void main(String[] args) throws Exception {
    String brokers = args[0], topic = args[1], group = args[2], out = args[3], scratch = args[4], mode = args[5];
    Configuration options = new Configuration();
    options.setString("execution.runtime-mode", mode);
    options.setString("parallelism.default", "2");
    options.setString("taskmanager.numberOfTaskSlots", "2");
    options.setString("taskmanager.memory.managed.size", "512m");
    options.setString("pipeline.object-reuse", "true");
    options.setString("table.local-time-zone", "UTC");
    options.setString("io.tmp.dirs", scratch);
    if (mode.equals("streaming")) {
      options.setString("execution.checkpointing.interval", "30s");
      options.setString("execution.checkpointing.dir", "file://" + scratch + "/checkpoints");
    }
    var settings = EnvironmentSettings.newInstance().withConfiguration(options).build();
    TableEnvironment flink = TableEnvironment.create(settings);
    flink.executeSql("""
        CREATE TABLE tickets (%s, WATERMARK FOR created_at AS created_at - INTERVAL '5' SECOND) WITH (
          'connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s', 'properties.group.id' = '%s',
          'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset',
          'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601')
        """.formatted(TICKET, topic, brokers, group));
    sink(flink, out, "tickets_with_assignment", TICKET + ", assigned_team STRING");
    sink(flink, out, "high_priority_tickets", TICKET + ", assigned_team STRING");
    sink(flink, out, "tickets_by_type", "window_start TIMESTAMP(3) NOT NULL, request_type STRING NOT NULL, " + COUNTS);
    sink(flink, out, "tickets_by_priority", "window_start TIMESTAMP(3) NOT NULL, priority STRING NOT NULL, " + COUNTS);
    flink.executeSql("""
        CREATE TEMPORARY VIEW assigned AS SELECT *, CASE request_type
          WHEN 'billing' THEN 'Billing Team' WHEN 'technical' THEN 'Technical Support'
          WHEN 'account' THEN 'Account Management' WHEN 'general' THEN 'General Support' END AS assigned_team
        FROM tickets
        """);

    long began = System.nanoTime();
    var statements = flink.createStatementSet();
    statements.addInsertSql("INSERT INTO tickets_with_assignment SELECT * FROM assigned");
    statements.addInsertSql("INSERT INTO high_priority_tickets SELECT * FROM assigned WHERE priority IN ('high', 'critical')");
    statements.addInsertSql(windows("tickets_by_type", "request_type"));
    statements.addInsertSql(windows("tickets_by_priority", "priority"));
    statements.execute().await();
    double seconds = (System.nanoTime() - began) / 1e9;
    for (String dataset : List.of("tickets_with_assignment", "high_priority_tickets", "tickets_by_type", "tickets_by_priority"))
      rename(Path.of(out, dataset));
    System.out.printf("BENCH {\"seconds\": %.3f}%n", seconds);
    System.out.flush();
    System.exit(0);
  }

  private static String windows(String name, String by) {
    return """
        INSERT INTO %s SELECT window_start, %s, COUNT(*), COUNT(DISTINCT client_id)
        FROM TABLE(TUMBLE(TABLE tickets, DESCRIPTOR(created_at), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end, %s
        """.formatted(name, by, by);
  }

  private static void sink(TableEnvironment flink, String out, String name, String columns) {
    flink.executeSql("""
        CREATE TABLE %s (%s) WITH ('connector' = 'filesystem', 'path' = 'file://%s/%s', 'format' = 'parquet',
          'parquet.compression' = 'SNAPPY', 'parquet.utc-timezone' = 'true', 'parquet.write.int64.timestamp' = 'true')
        """.formatted(name, columns, out, name));
  }

  /** Its files have no ending, which the check of the outputs goes by; after the time is taken. */
  private static void rename(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList())
        Files.move(file, folder.resolve(file.getFileName() + ".parquet"));
    }
  }
}
