using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>
/// Partitions that could not be read: each is left alone for a while, which grows with every failure, and the others of its leader go on without it. Under the gate of the <see cref="ShareLedger"/>.
/// </summary>
internal sealed class PartitionRests(Cluster cluster)
{
    private readonly Dictionary<TopicPartition, (int Failures, long Until)> _resting = [];

    /// <summary>A leader has answered.</summary>
    /// <param name="asked">The partitions that it was asked for.</param>
    /// <param name="refused">Those of them that could not be read.</param>
    public void Settle(IReadOnlyCollection<TopicPartition> asked, IReadOnlyCollection<TopicPartition> refused)
    {
        foreach (var name in refused)
        {
            var failures = _resting.GetValueOrDefault(name).Failures + 1;
            var rest = cluster.Options.NewRetryBackoff().After(failures, cluster.Chance);
            _resting[name] = (failures, cluster.Clock.GetTimestamp() + (long)(rest.TotalSeconds * cluster.Clock.TimestampFrequency));
        }

        if (_resting.Count > refused.Count)
        {
            foreach (var name in asked.Except(refused))
            {
                _resting.Remove(name);
            }
        }
    }

    /// <summary>The clock's timestamp before which a partition is not asked for; 0 for one that nothing is wrong with.</summary>
    public long Until(TopicPartition name) => _resting.Count == 0 ? 0 : _resting.GetValueOrDefault(name).Until;
}
