using System.Buffers;

namespace Spate.Metadata;

/// <summary>The rules for names of topics.</summary>
public static class TopicName
{
    /// <summary>The longest name, in characters: with a partition's number and a mark of deletion it must still fit a directory's name.</summary>
    public const int MaxLength = 249;

    /// <summary>The topic that keeps the state of groups.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>The topic that keeps the state of transactions.</summary>
    public const string TransactionState = "__transaction_state";

    /// <summary>The topic that keeps the state of share groups.</summary>
    public const string ShareGroupState = "__share_group_state";

    /// <summary>The log of decisions; it is no topic that a client can reach.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    private static readonly SearchValues<char> Legal =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Whether the broker itself writes the topic.</summary>
    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState or ShareGroupState;

    /// <summary>Says in one sentence what is wrong with a name, or returns null when nothing is.</summary>
    public static string? Fault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "" => "A topic's name must not be empty.",
            "." or ".." => $"A topic's name must not be '{name}', which names a directory.",
            ClusterMetadata => $"The name '{ClusterMetadata}' belongs to the cluster itself.",
            { Length: > MaxLength } => $"A topic's name has at most {MaxLength} characters, and this one has {name.Length}.",
            _ when name.AsSpan().ContainsAnyExcept(Legal) =>
                $"A topic's name consists of ASCII letters, digits, '.', '_' and '-', and '{name}' has something else in it.",
            _ => null,
        };
    }

    /// <summary>
    /// The form in which names must differ: '.' and '_' come out the same in the names of metrics, so two topics that differ in
    /// nothing else are refused.
    /// </summary>
    public static string CollisionForm(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Replace('.', '_');
    }
}
