import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.apache.parquet.example.data.Group;

/** The job in Kafka Streams: StreamsJob <brokers> <topic> <application id> <out> <scratch> <tickets>. */
public final class StreamsJob {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> TEAMS =
      Map.of("billing", "Billing Team", "technical", "Technical Support", "account", "Account Management", "general", "General Support");
  private static final String TICKET = """
      message ticket { required binary ticket_id (UTF8); required binary client_id (UTF8); required int64 created_at (TIMESTAMP(MILLIS,true));
        required binary request (UTF8); required binary request_type (UTF8); required binary priority (UTF8); required binary assigned_team (UTF8); }
      """;
  private static final String WINDOW = """
      message counts { required int64 window_start (TIMESTAMP(MILLIS,true)); required binary %s (UTF8); required int64 tickets;
        required int64 clients; required int64 revision; }
      """;

  public record Ticket(String ticket_id, String client_id, String created_at, String request, String request_type, String priority) {}

  /** How many, and which: clients have numbers, so a set of bits is the smallest state. */
  public record Counts(long tickets, BitSet clients) {
    Counts with(String client) {
      BitSet more = (BitSet) clients.clone();
      more.set(Integer.parseInt(client.substring(7)) - 1000);
      return new Counts(tickets + 1, more);
    }
  }

  static final AtomicLong all = new AtomicLong(), counted = new AtomicLong(), unused = new AtomicLong();

  public static void main(String[] args) throws Exception {
    String brokers = args[0], topic = args[1], out = args[3];
    long expected = Long.parseLong(args[5]);
    var options = new Properties();
    options.put(StreamsConfig.APPLICATION_ID_CONFIG, args[2]);
    options.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    options.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    options.put(StreamsConfig.STATE_DIR_CONFIG, args[4]);
    options.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    options.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    options.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 5000);
    options.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 128L << 20);
    options.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
    options.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    options.put(StreamsConfig.consumerPrefix("max.poll.records"), 10_000);
    options.put(StreamsConfig.producerPrefix("linger.ms"), 50);
    options.put(StreamsConfig.producerPrefix("batch.size"), 256 << 10);
    options.put(StreamsConfig.producerPrefix("compression.type"), "lz4");

    var builder = new StreamsBuilder();
    var serde = Serdes.serdeFrom((String t, Ticket ticket) -> write(ticket), (String t, byte[] bytes) -> read(bytes));
    KStream<String, Ticket> tickets = builder.stream(topic,
        Consumed.with(Serdes.String(), serde).withTimestampExtractor((message, before) -> time((Ticket) message.value())));
    tickets.process(files(out + "/tickets_with_assignment", TICKET, StreamsJob::fillTicket, all));
    tickets.filter((client, ticket) -> ticket.priority().equals("high") || ticket.priority().equals("critical"))
        .process(files(out + "/high_priority_tickets", TICKET, StreamsJob::fillTicket, unused));
    windows(tickets, "request_type", Ticket::request_type, out + "/tickets_by_type");
    windows(tickets, "priority", Ticket::priority, out + "/tickets_by_priority");

    var streams = new KafkaStreams(builder.build(), options);
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      Runtime.getRuntime().halt(1);
      return null;
    });
    long began = System.nanoTime();
    streams.start();
    while (all.get() < expected || counted.get() < 2 * expected) Thread.sleep(20);
    // Ends with a commit, which flushes what the caches hold and closes the files.
    streams.close(Duration.ofMinutes(2));
    System.out.printf("BENCH {\"seconds\": %.3f}%n", (System.nanoTime() - began) / 1e9);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  // Partitions of a topic that is read from its start drift apart by minutes, and with a small grace what comes from the slower one would be
  // dropped; with a large one, nothing closes the last windows. So windows are written as they change, once a commit where the cache is large.
  private static void windows(KStream<String, Ticket> tickets, String by, Function<Ticket, String> key, String folder) {
    var minute = TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofDays(1));
    var store = Stores.inMemoryWindowStore(by, Duration.ofDays(2), Duration.ofMinutes(1), false);
    tickets.map((client, ticket) -> KeyValue.pair(key.apply(ticket), ticket.client_id()))
        .groupByKey(Grouped.with(by, Serdes.String(), Serdes.String()))
        .windowedBy(minute)
        .aggregate(() -> new Counts(0, new BitSet()), (k, client, counts) -> {
          counted.incrementAndGet();
          return counts.with(client);
        }, Materialized.<String, Counts>as(store).withKeySerde(Serdes.String()).withValueSerde(countsSerde()).withCachingEnabled())
        .toStream()
        .process(files(folder, WINDOW.formatted(by), (Group group, Record<Windowed<String>, Counts> record) -> {
          group.append("window_start", record.key().window().start());
          group.append(by, record.key().key());
          group.append("tickets", record.value().tickets());
          group.append("clients", (long) record.value().clients().cardinality());
          // Counts only grow, so that the row with the most tickets is the last.
          group.append("revision", record.value().tickets());
        }, unused));
  }

  private static <K, V> ProcessorSupplier<K, V, Void, Void> files(String folder, String schema, BiConsumer<Group, Record<K, V>> fill, AtomicLong written) {
    return () -> new TicketFiles<>(folder, schema, fill, written);
  }

  private static void fillTicket(Group group, Record<String, Ticket> record) {
    Ticket ticket = record.value();
    group.append("ticket_id", ticket.ticket_id());
    group.append("client_id", ticket.client_id());
    group.append("created_at", time(ticket));
    group.append("request", ticket.request());
    group.append("request_type", ticket.request_type());
    group.append("priority", ticket.priority());
    group.append("assigned_team", TEAMS.get(ticket.request_type()));
  }

  private static long time(Ticket ticket) {
    return Instant.parse(ticket.created_at()).toEpochMilli();
  }

  private static byte[] write(Ticket ticket) {
    try {
      return JSON.writeValueAsBytes(ticket);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Ticket read(byte[] bytes) {
    try {
      return JSON.readValue(bytes, Ticket.class);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Serde<Counts> countsSerde() {
    return Serdes.serdeFrom((topic, counts) -> {
      if (counts == null) return null;
      byte[] bits = counts.clients().toByteArray();
      return java.nio.ByteBuffer.allocate(8 + bits.length).putLong(counts.tickets()).put(bits).array();
    }, (topic, bytes) -> {
      if (bytes == null) return null;
      var buffer = java.nio.ByteBuffer.wrap(bytes);
      long tickets = buffer.getLong();
      return new Counts(tickets, BitSet.valueOf(buffer));
    });
  }
}
