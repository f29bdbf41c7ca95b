using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// Decisions that are committed together: each is taken on what those before it make of the image, and all of them share one batch and one
/// flush. Used by one thread at a time.
/// </summary>
internal sealed class DecisionGroup(ClusterImage image)
{
    private readonly List<PendingDecision> _members = [];
    private readonly List<ReadOnlyMemory<byte>> _values = [];

    /// <summary>What they change, all together.</summary>
    public ClusterDelta Delta { get; private set; } = ClusterDelta.Of(image, []);

    /// <summary>Their records, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Values => _values;

    /// <summary>Bytes of their records.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes down what a member has decided, in the versions that all nodes can read.</summary>
    public List<ReadOnlyMemory<byte>> Encode(IReadOnlyList<IMetadataRecord> records)
    {
        var level = Delta.After.Features.MetadataVersion;
        var values = new List<ReadOnlyMemory<byte>>(records.Count);
        foreach (var record in records)
        {
            values.Add(MetadataRecordCodec.Encode(record, level));
            if (record is FeatureLevelRecord { Name: Features.MetadataVersion } next)
            {
                // What follows it is read by those who run at the new level.
                level = next.FeatureLevel;
            }
        }

        return values;
    }

    /// <param name="member">A decision that has been taken on <see cref="Delta"/>'s image.</param>
    /// <param name="records">What it has decided.</param>
    /// <param name="values">The same, written down.</param>
    /// <exception cref="InvalidOperationException">The records do not fit the image; the group is as it was before.</exception>
    public void Add(PendingDecision member, IReadOnlyList<IMetadataRecord> records, List<ReadOnlyMemory<byte>> values)
    {
        if (records.Count > 0)
        {
            Delta = Delta.And(records);
            _values.AddRange(values);
            Bytes += SizeOf(values);
        }

        _members.Add(member);
    }

    public void Answer() => _members.ForEach(member => member.Answer());

    public void Fail(Exception failure) => _members.ForEach(member => member.Fail(failure));

    public static long SizeOf(List<ReadOnlyMemory<byte>> values)
    {
        var size = 0L;
        foreach (var value in values)
        {
            size += value.Length;
        }

        return size;
    }
}
