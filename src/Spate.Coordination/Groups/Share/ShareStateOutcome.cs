using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Share;

/// <summary>What the keeper of delivery state has answered, partition by partition.</summary>
/// <param name="asked">The partitions that it was asked about.</param>
/// <param name="errors">What went wrong, of those partitions where something did.</param>
internal sealed class ShareStateOutcome(PartitionSet asked, IReadOnlyDictionary<(Uuid Topic, int Partition), ErrorCode> errors)
{
    public PartitionSet Succeeded { get; } = asked.Where((topic, partition) => !errors.ContainsKey((topic, partition)));

    public bool HasFailures => errors.Count > 0;

    /// <summary>Something that went wrong; None when nothing did.</summary>
    public ErrorCode AnyError => errors.Values.FirstOrDefault();

    public ErrorCode ErrorOf(Uuid topic, int partition) => errors.GetValueOrDefault((topic, partition));

    /// <summary>Something that went wrong with a topic; None when nothing did.</summary>
    public ErrorCode ErrorOf(Uuid topic) => errors.FirstOrDefault(error => error.Key.Topic == topic).Value;

    /// <summary>Gathers the answers. A partition that was left out of them has not been seen to.</summary>
    public static ShareStateOutcome Of(PartitionSet asked, IEnumerable<(Uuid Topic, int Partition, ErrorCode Error)> answers)
    {
        var answered = new Dictionary<(Uuid, int), ErrorCode>();
        foreach (var (topic, partition, error) in answers)
        {
            answered[(topic, partition)] = error;
        }

        return new ShareStateOutcome(asked, Errors(asked, (topic, partition) => answered.GetValueOrDefault((topic, partition), ErrorCode.UnknownServerError)));
    }

    /// <summary>The keeper could not be asked.</summary>
    public static ShareStateOutcome Failed(PartitionSet asked, ErrorCode error) => new(asked, Errors(asked, (_, _) => error));

    private static Dictionary<(Uuid, int), ErrorCode> Errors(PartitionSet asked, Func<Uuid, int, ErrorCode> errorOf) => asked.ToPairs()
        .SelectMany(pair => pair.Partitions.Select(partition => (Key: (pair.Topic, partition), Error: errorOf(pair.Topic, partition))))
        .Where(answer => answer.Error != ErrorCode.None)
        .ToDictionary(answer => answer.Key, answer => answer.Error);
}
