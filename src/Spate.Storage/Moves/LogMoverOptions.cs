using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;

namespace Spate.Storage.Moves;

/// <summary>What a <see cref="LogMover"/> needs.</summary>
public sealed record LogMoverOptions
{
    public required LogStore Store { get; init; }

    /// <summary>Kept from a log while it moves: what was cleaned before stays cleaned.</summary>
    public required LogCleaner Cleaner { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>How many logs are copied at the same time, from 1 (<c>num.replica.alter.log.dirs.threads</c>).</summary>
    public required int Copies { get; init; }

    /// <summary>
    /// <c>replica.alter.log.dirs.io.max.bytes.per.second</c>: the most that all copies together write in a second. Asked again and again, above 0.
    /// </summary>
    public Func<double> MaxBytesPerSecond { get; init; } = static () => double.MaxValue;

    /// <summary>Told of a log that has moved, while nobody can append to it or to the one before; must return at once.</summary>
    public required Action<HostedLog> OnMoved { get; init; }

    /// <summary>Told of a partition whose log went offline at the very moment of its move, so that nobody else would be told.</summary>
    public required Action<TopicPartition> OnLost { get; init; }
}
