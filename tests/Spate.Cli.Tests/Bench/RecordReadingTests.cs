using System.Text;
using Spate.Cli.Bench;
using Spate.Cli.Bench.Load;
using Spate.Cli.Tests.Harness;
using Spate.Client;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Tests.Bench;

public sealed class RecordReadingTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const string Topic = "three-and-two";

    [Theory]
    [InlineData(nameof(ReadingWay.Raw), "0a 1b 2c", "3d 4e")]
    [InlineData(nameof(ReadingWay.Batch), "0a 1b 2c", "3d 4e")]
    [InlineData(nameof(ReadingWay.Record), "0a", "1b", "2c", "3d", "4e")]
    public async Task Records_come_together_as_the_way_hands_them_out(string way, params string[] expected)
    {
        var topic = $"{Topic}-{way}";
        (await running.SpateAsync("topics", "create", topic, "--partitions", "1")).Succeeded();
        (await running.SpateWithInputAsync("a\nb\nc\n", "produce", topic)).Succeeded();
        (await running.SpateWithInputAsync("d\ne\n", "produce", topic)).Succeeded();
        await using var client = new KafkaClient(running.Broker.BootstrapServers);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new TopicPartition(topic, 0)], StartPosition.Beginning);
        using var enough = new CancellationTokenSource();
        var taker = new Notes(new TopicPartition(topic, 0), records: 5, enough);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RecordReading.RunAsync(Enum.Parse<ReadingWay>(way), consumer, taker, enough.Token).OrTimeout("five records"));
        Assert.Equal(expected, taker.HandedOut);
    }

    private sealed class Notes(TopicPartition expected, int records, CancellationTokenSource enough) : IRecordTaker
    {
        private readonly List<string> _now = [];
        private int _taken;

        public List<string> HandedOut { get; } = [];

        public void Begin(TopicPartition partition)
        {
            Assert.Equal(expected, partition);
            _now.Clear();
        }

        public void Take(long offset, ReadOnlySpan<byte> value) => _now.Add($"{offset}{Encoding.UTF8.GetString(value)}");

        public void End()
        {
            HandedOut.Add(string.Join(' ', _now));
            if ((_taken += _now.Count) == records)
            {
                enough.Cancel();
            }
        }
    }
}
