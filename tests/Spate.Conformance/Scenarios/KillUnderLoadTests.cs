using System.Diagnostics;
using System.Globalization;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// The broker is killed under a mixed load, again and again on the same data. SPATE_KILL_ROUNDS sets how often, SPATE_KILL_SEED where the
/// chance begins.
/// </summary>
public sealed class KillUnderLoadTests(ITestOutputHelper output)
{
    private const int Partitions = 2;
    private const int AcknowledgementsBeforeKillMax = 4000;

    /// <summary>A topic is written to over so many kills, so that what follows a recovery is appended to what was recovered.</summary>
    private const int RoundsPerTopic = 5;

    [Fact]
    public async Task Everything_that_was_acknowledged_is_there_however_often_the_broker_is_killed()
    {
        var rounds = Setting("SPATE_KILL_ROUNDS", 15);
        var seed = Setting("SPATE_KILL_SEED", 20_240_229);
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        var loading = new Stopwatch();
        var topics = new List<LoadedTopic>();
        await using var broker = await BrokerProcess.StartAsync(("log.segment.bytes", "1048576"));
        var administrator = new Administrator(new Random(random.Next()));
        for (var round = 0; round < rounds; round++)
        {
            if (round % RoundsPerTopic == 0)
            {
                topics.Add(await CreateAsync(broker, $"load-{topics.Count}", random));
            }

            var topic = topics[^1];
            topic.AddRound(round, random);
            var killSwitch = new KillSwitch(random.Next(1, AcknowledgementsBeforeKillMax), broker.Kill);
            loading.Start();
            await Task.WhenAll(
            [
                .. topic.Current.Select(producer => Task.Run(() => producer.RunAsync(broker, killSwitch))),
                .. topic.Committers[^Partitions..].Select(committer => Task.Run(() => committer.RunAsync(broker, killSwitch))),
                Task.Run(() => administrator.RunAsync(broker, killSwitch)),
            ]);
            loading.Stop();

            await broker.RestartAsync();

            AssertRecoveredCleanly(broker);
            var circumstances = $"seed {seed}, round {round}, killed after {killSwitch.Acknowledged} acknowledgements";
            await topic.AuditAsync(broker, circumstances, output);
            using var client = await WireClient.ConnectAsync(broker);
            await administrator.CheckAsync(client, circumstances);
        }

        foreach (var topic in topics)
        {
            await Task.WhenAll(topic.Idempotent.Select(producer => producer.FinishAsync(broker)));
            Assert.All(topic.Idempotent, producer => Assert.Equal(producer.Sent, producer.Acknowledged.Count));
            await topic.AuditAsync(broker, $"seed {seed}, at the end", output);
        }

        output.WriteLine(
            $"seed {seed}: {rounds} kills in {loading.Elapsed.TotalSeconds:f0} s of load, {clock.Elapsed.TotalSeconds:f0} s in all; "
            + $"{topics.Sum(topic => topic.Committers.Sum(committer => committer.Commits))} commits and {administrator.Changes} changes to topics acknowledged, "
            + $"{administrator.Configurations} of them to configurations");
    }

    /// <summary>A crash is noticed, and nothing is found that would have to be set right by more than the recovery that it calls for.</summary>
    private static void AssertRecoveredCleanly(BrokerProcess broker)
    {
        Assert.Contains(broker.Log.Lines, line => line.Text.Contains("was not closed cleanly", StringComparison.Ordinal));
        Assert.DoesNotContain(broker.Log.Lines, line => line.IsError || line.Text.Contains(" ERROR ", StringComparison.Ordinal) || line.Text.Contains(" FATAL ", StringComparison.Ordinal));
    }

    private static async Task<LoadedTopic> CreateAsync(BrokerProcess broker, string topic, Random random)
    {
        using var client = await WireClient.ConnectAsync(broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync(topic, Partitions));
        return new LoadedTopic(topic, Partitions, random);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
