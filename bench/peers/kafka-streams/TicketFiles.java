import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** The end of a stream: its records go into one Parquet file of each task. Kafka Streams has no sink but topics, so nothing ties a file to a commit. */
final class TicketFiles<K, V> implements Processor<K, V, Void, Void> {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private final String folder;
  private final MessageType type;
  private final SimpleGroupFactory groups;
  private final BiConsumer<Group, Record<K, V>> fill;
  private final AtomicLong written;
  private ParquetWriter<Group> writer;

  TicketFiles(String folder, String schema, BiConsumer<Group, Record<K, V>> fill, AtomicLong written) {
    this.folder = folder;
    this.type = MessageTypeParser.parseMessageType(schema);
    this.groups = new SimpleGroupFactory(type);
    this.fill = fill;
    this.written = written;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    var path = new Path("file://" + folder + "/" + NUMBER.getAndIncrement() + ".parquet");
    try {
      writer = ExampleParquetWriter.builder(path)
          .withConf(new Configuration(false)).withType(type).withCompressionCodec(CompressionCodecName.SNAPPY).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void process(Record<K, V> record) {
    Group group = groups.newGroup();
    fill.accept(group, record);
    try {
      writer.write(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    written.incrementAndGet();
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
