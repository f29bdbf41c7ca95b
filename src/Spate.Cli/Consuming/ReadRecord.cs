global using ReadRecord = Spate.Client.Consuming.ConsumerRecord<byte[], byte[]>;
