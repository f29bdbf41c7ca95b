using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// The broker is killed while producers write, again and again on the same data. SPATE_KILL_ROUNDS sets how often, SPATE_KILL_SEED where the
/// chance begins.
/// </summary>
public sealed class KillUnderLoadTests(ITestOutputHelper output)
{
    private const int Partitions = 2;
    private const int ProducersPerPartition = 3;
    private const int BatchesBeforeKillMax = 1000;

    /// <summary>A topic is written to over so many kills, so that what follows a recovery is appended to what was recovered.</summary>
    private const int RoundsPerTopic = 5;

    [Fact]
    public async Task Every_acknowledged_record_is_there_once_and_in_order_however_often_the_broker_is_killed()
    {
        var rounds = Setting("SPATE_KILL_ROUNDS", 5);
        var seed = Setting("SPATE_KILL_SEED", 20_240_229);
        var random = new Random(seed);
        var topics = new List<LoadedTopic>();
        await using var broker = await BrokerProcess.StartAsync(("log.segment.bytes", "1048576"));
        for (var round = 0; round < rounds; round++)
        {
            if (round % RoundsPerTopic == 0)
            {
                topics.Add(new LoadedTopic($"load-{topics.Count}"));
                await CreateAsync(broker, topics[^1].Name);
            }

            await CreateAsync(broker, $"round-{round}");
            var topic = topics[^1];
            var killSwitch = new KillSwitch(random.Next(1, BatchesBeforeKillMax), broker.Kill);
            var producers = Enumerable.Range(0, Partitions * ProducersPerPartition)
                .Select(number => new NumberedProducer($"r{round}p{number}", topic.Name, number % Partitions, new Random(random.Next())))
                .ToList();
            await Task.WhenAll(producers.Select(producer => Task.Run(() => producer.RunAsync(broker, killSwitch))));
            topic.Producers.AddRange(producers);

            await broker.RestartAsync();

            await AuditAsync(broker, topic, $"seed {seed}, round {round}, killed after {killSwitch.Acknowledged} batches");
            var listed = (await Kcat.RunAsync(broker, default, "-L")).Succeeded().Text;
            Assert.All(Enumerable.Range(0, round + 1), past => Assert.Contains($"\"round-{past}\"", listed, StringComparison.Ordinal));
        }

        foreach (var topic in topics)
        {
            await AuditAsync(broker, topic, $"seed {seed}, at the end");
        }
    }

    private static async Task CreateAsync(BrokerProcess broker, string topic)
    {
        using var client = await WireClient.ConnectAsync(broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync(topic, Partitions));
    }

    private async Task AuditAsync(BrokerProcess broker, LoadedTopic topic, string circumstances)
    {
        var found = await Kcat.ReadAsync(broker, topic.Name);
        LoadAudit.Check(topic.Producers, found, circumstances);
        var acknowledged = topic.Producers.Sum(producer => producer.Acknowledged.Count);
        output.WriteLine($"{circumstances}: in {topic.Name} {acknowledged} records were acknowledged and {found.Count} are there");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private sealed record LoadedTopic(string Name)
    {
        /// <summary>All that ever wrote to it.</summary>
        public List<NumberedProducer> Producers { get; } = [];
    }
}
