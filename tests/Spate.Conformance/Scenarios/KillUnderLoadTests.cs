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
    private const string Topic = "load";
    private const int Partitions = 2;
    private const int ProducersPerPartition = 2;
    private const int BatchesBeforeKillMax = 1500;

    [Fact]
    public async Task Every_acknowledged_record_is_there_once_and_in_order_however_often_the_broker_is_killed()
    {
        var rounds = Setting("SPATE_KILL_ROUNDS", 5);
        var seed = Setting("SPATE_KILL_SEED", 20_240_229);
        var random = new Random(seed);
        var all = new List<NumberedProducer>();
        var acknowledged = 0;
        await using var broker = await BrokerProcess.StartAsync(("log.segment.bytes", "1048576"));
        using (var client = await WireClient.ConnectAsync(broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync(Topic, Partitions));
        }

        for (var round = 0; round < rounds; round++)
        {
            var circumstances = $"seed {seed}, round {round}";
            using (var client = await WireClient.ConnectAsync(broker))
            {
                Assert.Equal(WireError.None, await client.CreateTopicAsync($"round-{round}", 1));
            }

            var killSwitch = new KillSwitch(random.Next(1, BatchesBeforeKillMax), broker.Kill);
            var producers = Enumerable.Range(0, Partitions * ProducersPerPartition)
                .Select(number => new NumberedProducer($"r{round}p{number}", Topic, number % Partitions, new Random(random.Next())))
                .ToList();
            await Task.WhenAll(producers.Select(producer => Task.Run(() => producer.RunAsync(broker, killSwitch))));
            all.AddRange(producers);
            acknowledged += producers.Sum(producer => producer.Acknowledged.Count);

            await broker.RestartAsync();

            var found = await Kcat.ReadAsync(broker, Topic);
            LoadAudit.Check(all, found, circumstances);
            var topics = (await Kcat.RunAsync(broker, default, "-L")).Succeeded().Text;
            Assert.All(Enumerable.Range(0, round + 1), past => Assert.Contains($"\"round-{past}\"", topics, StringComparison.Ordinal));
            output.WriteLine(
                $"{circumstances}: killed after {killSwitch.Acknowledged} batches; {acknowledged} records acknowledged so far, {found.Count} found");
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
