using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>Acknowledgements for one partition that go to its leader together. Filled under the gate of the <see cref="ShareLedger"/>, until it is taken to be sent.</summary>
internal sealed class AcknowledgementGroup(TopicPartition name, Uuid topicId)
{
    private readonly SortedDictionary<long, AcknowledgeType> _types = [];
    private readonly TaskCompletionSource<KafkaException?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TopicPartition Name => name;

    public Uuid TopicId => topicId;

    /// <summary>What the leader made of it; null when all of it counts.</summary>
    public Task<KafkaException?> Answered => _answered.Task;

    /// <summary>Whether it asks for more time, which is answered to whoever has asked.</summary>
    public bool IsRenewal => _types.ContainsValue(AcknowledgeType.Renew);

    public void Add(long offset, AcknowledgeType type) => _types[offset] = type;

    /// <summary>The offsets of records, without those at which there is none.</summary>
    public IReadOnlyList<long> Offsets() => [.. _types.Where(static pair => pair.Value != AcknowledgeType.Gap).Select(static pair => pair.Key)];

    /// <summary>Stretches of neighbours of which the same is said.</summary>
    public IEnumerable<(long First, long Last, AcknowledgeType Type)> Stretches()
    {
        (long First, long Last, AcknowledgeType Type)? open = null;
        foreach (var (offset, type) in _types)
        {
            if (open is { } stretch && stretch.Last + 1 == offset && stretch.Type == type)
            {
                open = stretch with { Last = offset };
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = (offset, offset, type);
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    public void Answer(KafkaException? error) => _answered.TrySetResult(error);
}
