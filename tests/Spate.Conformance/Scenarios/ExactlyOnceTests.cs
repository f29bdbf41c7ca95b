using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// Read, process, write: a processor and the broker are killed in turns, and what comes out is what went in, each record once. SPATE_KILL_SEED sets
/// where the chance begins, SPATE_KILL_ROUNDS how often something is killed.
/// </summary>
public sealed class ExactlyOnceTests(SharedClients clients, ITestOutputHelper output) : IClassFixture<SharedClients>
{
    private const int Records = 3_000;
    private const string Client = "confluent-kafka";

    [Fact]
    public async Task What_comes_out_is_what_went_in_however_often_processor_and_broker_are_killed()
    {
        var seed = Setting("SPATE_KILL_SEED", 20_240_301);
        var rounds = Setting("SPATE_KILL_ROUNDS", 6);
        var random = new Random(seed);
        await using var broker = await BrokerProcess.StartAsync(("transaction.state.log.num.partitions", "4"), ("log.segment.bytes", "1048576"));
        await clients[Client].AskAsync(broker, "createTopics", new
        {
            topics = new[] { new { name = "in", partitions = 2, configs = new { } }, new { name = "out", partitions = 2, configs = new { } } },
        });
        var written = Enumerable.Range(0, Records).Select(number => new ClientRecord(null, $"{number}") { Topic = "in", Partition = number % 2 }).ToList();
        await clients[Client].WriteAsync(broker, written);

        var processor = StartProcessor(broker);
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                var commits = random.Next(1, 15);
                await processor.Output.WaitAsync(
                    lines => lines.Count(line => line.Text.StartsWith("committed", StringComparison.Ordinal)) >= commits,
                    $"it committed {commits} times (seed {seed}, round {round})",
                    TimeSpan.FromSeconds(90));
                if (round % 2 == 0)
                {
                    processor.Kill();
                    await processor.DisposeAsync();
                }
                else
                {
                    broker.Kill();
                    await broker.RestartAsync(samePort: true);
                    processor.Kill();
                    await processor.DisposeAsync();
                }

                processor = StartProcessor(broker);
            }

            var member = await clients[Client].JoinAsync(broker, new JoinOptions("oracle", "out"));
            await GroupWatch.UntilReadAsync([member], Records);
            await member.LeaveAsync();
            Assert.Equal(
                Enumerable.Range(0, Records),
                member.Records.Select(record => int.Parse(record.Value!, CultureInfo.InvariantCulture)).Order());
        }
        finally
        {
            await processor.DisposeAsync();
        }

        output.WriteLine($"seed {seed}: {rounds} kills, {Records} records once each");
    }

    private static RunningProgram StartProcessor(BrokerProcess broker) => RunningProgram.Start(
        "/usr/bin/python3",
        [
            Repository.PathOf("tests", "Spate.Conformance", "Drivers", Client, "processor.py"),
            broker.Address, "in", "out", "processors", "processor",
        ]);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
