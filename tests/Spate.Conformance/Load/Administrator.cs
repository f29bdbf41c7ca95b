using System.Globalization;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Load;

/// <summary>
/// Makes topics, deletes them, adds partitions, changes configurations and deletes records, one after the other and at random, and knows what
/// must be there: all that was acknowledged, and perhaps the one thing that was under way when the broker was killed.
/// </summary>
/// <param name="random">Decides what to do.</param>
internal sealed class Administrator(Random random)
{
    private const string Prefix = "administered-";
    private const string Retention = "retention.ms";
    private const int TopicsMax = 6;
    private const int PartitionsMax = 6;
    private const int RecordsPerBatch = 10;

    private readonly Dictionary<string, ToldTopic> _told = [];
    private (string Topic, ToldTopic? After)? _underWay;

    /// <summary>How many changes were acknowledged.</summary>
    public int Changes { get; private set; }

    /// <summary>How many of them were changes of a configuration.</summary>
    public int Configurations { get; private set; }

    public async Task RunAsync(BrokerProcess broker, KillSwitch killSwitch)
    {
        try
        {
            using var client = await WireClient.ConnectAsync(broker);
            while (true)
            {
                await ChangeAsync(client);
                Changes++;
                killSwitch.Count();
            }
        }
        catch (Exception failure) when (BrokerGone.Explains(failure))
        {
            // The broker was killed; the last change may have come to pass or not.
        }
    }

    /// <summary>Holds that the topics are what was acknowledged, and takes what was under way as it turned out.</summary>
    public async Task CheckAsync(WireClient client, string circumstances)
    {
        var found = new Dictionary<string, ToldTopic>();
        foreach (var (topic, partitions) in await client.PartitionsByTopicAsync())
        {
            if (topic.StartsWith(Prefix, StringComparison.Ordinal))
            {
                found.Add(topic, new ToldTopic(
                    partitions,
                    (await client.TopicConfigAsync(topic, Retention))!,
                    await client.OffsetAsync(topic, 0, -2),
                    await client.OffsetAsync(topic, 0, -1)));
            }
        }

        foreach (var topic in _told.Keys.Union(found.Keys))
        {
            var actual = found.GetValueOrDefault(topic);
            var acknowledged = _told.GetValueOrDefault(topic);
            var sent = _underWay is { } underWay && underWay.Topic == topic ? underWay.After : acknowledged;
            Assert.True(
                actual == acknowledged || actual == sent,
                $"{circumstances}: topic {topic} is {Text(actual)}; acknowledged was {Text(acknowledged)}, and sent {Text(sent)}");
        }

        _underWay = null;
        _told.Clear();
        foreach (var (topic, state) in found)
        {
            _told.Add(topic, state);
        }
    }

    private Task ChangeAsync(WireClient client)
    {
        var topic = Prefix + random.Next(TopicsMax).ToString(CultureInfo.InvariantCulture);
        if (!_told.TryGetValue(topic, out var told))
        {
            var made = new ToldTopic(random.Next(1, 4), RandomRetention(), 0, 0);
            return DoAsync(topic, made, () => client.CreateTopicAsync(topic, made.Partitions, (Retention, made.Retention)));
        }

        switch (random.Next(8))
        {
            case 0:
                return DoAsync(topic, null, () => client.DeleteTopicAsync(topic));
            case 1 when told.Partitions < PartitionsMax:
                var more = told with { Partitions = told.Partitions + 1 };
                return DoAsync(topic, more, () => client.CreatePartitionsAsync(topic, more.Partitions));
            case 2 or 3:
                var other = told with { Retention = RandomRetention() };
                return ConfigureAsync(client, topic, other);
            case 4 or 5 when told.End > told.Start:
                var shorter = told with { Start = random.NextInt64(told.Start + 1, told.End + 1) };
                return DoAsync(topic, shorter, async () => (await client.DeleteRecordsAsync(topic, 0, shorter.Start)).Error);
            default:
                var longer = told with { End = told.End + RecordsPerBatch };
                var batch = Batches.Of([.. Enumerable.Range(0, RecordsPerBatch).Select(number => $"{told.End + number}")]);
                return DoAsync(topic, longer, async () => (await client.ProduceAsync(topic, 0, batch)).Error);
        }
    }

    private async Task ConfigureAsync(WireClient client, string topic, ToldTopic after)
    {
        await DoAsync(topic, after, () => client.SetTopicConfigAsync(topic, Retention, after.Retention));
        Configurations++;
    }

    private async Task DoAsync(string topic, ToldTopic? after, Func<Task<short>> change)
    {
        _underWay = (topic, after);
        Assert.Equal(WireError.None, await change());
        _underWay = null;
        _told.Remove(topic);
        if (after is not null)
        {
            _told.Add(topic, after);
        }
    }

    private string RandomRetention() => random.Next(1_000_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture);

    private static string Text(ToldTopic? topic) => topic?.ToString() ?? "not there";
}
