using System.Text.RegularExpressions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>What a consumer subscribes to: topics by their names, or all whose names match. Immutable.</summary>
internal sealed class Subscription
{
    private readonly Regex? _whole;

    private Subscription(IReadOnlyList<string> topics, Regex? pattern)
    {
        Topics = topics;
        Pattern = pattern?.ToString();
        _whole = pattern is null ? null : new Regex($@"\A(?:{pattern})\z", pattern.Options, pattern.MatchTimeout);
    }

    /// <summary>The names; empty with a pattern.</summary>
    public IReadOnlyList<string> Topics { get; }

    /// <summary>What whole names have to match, or null.</summary>
    public string? Pattern { get; }

    public static Subscription To(IEnumerable<string> topics) => new([.. topics.Distinct(StringComparer.Ordinal)], null);

    public static Subscription To(Regex pattern) => new([], pattern);

    /// <summary>The topics that are subscribed to at present. A pattern is held against all topics of the cluster but the brokers' own.</summary>
    /// <exception cref="KafkaException">The cluster could not be asked.</exception>
    public async Task<IReadOnlyList<string>> ResolveAsync(CoordinatorCalls coordinator, CancellationToken cancellationToken)
    {
        if (_whole is null)
        {
            return Topics;
        }

        using var reply = await coordinator.AskAnyAsync<MetadataRequest, MetadataResponse>(static _ => new MetadataRequest { Topics = null }, cancellationToken).ConfigureAwait(false);
        return
        [
            .. reply.Message.Topics
                .Where(topic => topic is { ErrorCode: ErrorCode.None, IsInternal: false, Name: { } name } && _whole.IsMatch(name))
                .Select(static topic => topic.Name!)
                .Order(StringComparer.Ordinal),
        ];
    }
}
