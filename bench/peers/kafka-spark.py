import json
import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

brokers, topic, out, scratch, jars = sys.argv[1:6]

spark = (
    SparkSession.builder.master("local[2]")
    .appName("bench")
    .config("spark.jars", jars)
    .config("spark.driver.memory", "4g")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MILLIS")
    .config("spark.sql.parquet.compression.codec", "snappy")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

began = time.perf_counter()
schema = "ticket_id STRING, client_id STRING, created_at TIMESTAMP, request STRING, request_type STRING, priority STRING"
messages = spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", topic)
messages = messages.option("startingOffsets", "earliest").load()
parsed = F.from_json(F.col("value").cast("string"), schema, {"timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSX", "mode": "FAILFAST"})
tickets = messages.select(parsed.alias("ticket")).select("ticket.*")


def windows(df, by):
    counts = [F.count("*").alias("tickets"), F.countDistinct("client_id").alias("clients")]
    grouped = df.groupBy(F.window("created_at", "1 minute"), by).agg(*counts)
    return grouped.select(F.col("window.start").alias("window_start"), by, "tickets", "clients")


def write_all(batch, number):
    teams = {"billing": "Billing Team", "technical": "Technical Support", "account": "Account Management", "general": "General Support"}
    team = F.create_map(*[F.lit(x) for pair in teams.items() for x in pair])
    batch = batch.withColumn("assigned_team", team[F.col("request_type")])
    batch.persist()
    batch.write.mode("append").parquet(f"{out}/tickets_with_assignment")
    batch.where(F.col("priority").isin("high", "critical")).write.mode("append").parquet(f"{out}/high_priority_tickets")
    windows(batch, "request_type").write.mode("append").parquet(f"{out}/tickets_by_type")
    windows(batch, "priority").write.mode("append").parquet(f"{out}/tickets_by_priority")
    batch.unpersist()


query = tickets.writeStream.foreachBatch(write_all).trigger(availableNow=True).option("checkpointLocation", f"{scratch}/all").start()
query.awaitTermination()
print("BENCH", json.dumps({"seconds": time.perf_counter() - began}), flush=True)
spark.stop()
