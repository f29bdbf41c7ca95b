using System.Globalization;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Load;

/// <summary>The only consumer of its group: reads a partition and commits after every few records, until the broker is gone.</summary>
/// <param name="group">A group of its own.</param>
/// <param name="topic">What it reads.</param>
/// <param name="partition">The partition.</param>
internal sealed class OffsetCommitter(string group, string topic, int partition)
{
    /// <summary>Bytes to read before each commit: a batch or a few.</summary>
    private const int BytesPerCommit = 20_000;

    private (long Offset, string Metadata) _acknowledged = (-1, "");
    private (long Offset, string Metadata) _sent = (-1, "");

    public string Group => group;

    /// <summary>How many commits were acknowledged.</summary>
    public int Commits { get; private set; }

    public async Task RunAsync(BrokerProcess broker, KillSwitch killSwitch)
    {
        try
        {
            using var client = await WireClient.ConnectAsync(broker);
            var (error, generation, member) = await client.JoinAloneAsync(group);
            Assert.Equal(WireError.None, error);
            var position = 0L;
            while (true)
            {
                position = await client.PassAsync(topic, partition, position, BytesPerCommit);
                _sent = (position, $"commit {Commits.ToString(CultureInfo.InvariantCulture)}");
                Assert.Equal(WireError.None, await client.CommitAsync(group, generation, member, topic, partition, position, _sent.Metadata));
                _acknowledged = _sent;
                Commits++;
                killSwitch.Count();
            }
        }
        catch (Exception failure) when (BrokerGone.Explains(failure))
        {
            // The broker was killed; the last commit may have come to pass or not.
        }
    }

    /// <summary>Holds that what is committed is what was last acknowledged, or what was under way behind it.</summary>
    public async Task CheckAsync(WireClient client, string circumstances)
    {
        await client.CoordinatorAsync(group);
        var (error, offset, metadata) = await client.CommittedAsync(group, topic, partition);
        Assert.Equal(WireError.None, error);
        Assert.True(
            (offset, metadata) == _acknowledged || (offset, metadata) == _sent,
            $"{circumstances}: group {group} has committed ({offset}, '{metadata}'); acknowledged was {_acknowledged}, and sent {_sent}");
        _acknowledged = _sent = (offset, metadata!);
    }
}
