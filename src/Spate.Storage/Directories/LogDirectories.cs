using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>
/// All roots of a broker and which partition's log is where. A root whose disk fails takes its partitions with it; the others do not
/// notice. Safe for use by several threads at once.
/// </summary>
public sealed class LogDirectories : IDisposable
{
    /// <summary>How many wishes are remembered for logs that are not there.</summary>
    public const int WishesMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, LogDirectory> _places = [];
    private readonly Dictionary<TopicPartition, LogDirectory> _wishes = [];
    private readonly Dictionary<LogDirectory, int> _counts;
    private readonly Action<LogDirectoryFailure> _onFailure;
    private readonly ILogger _logger;

    private LogDirectories(IReadOnlyList<LogDirectory> all, LogDirectoriesOptions options)
    {
        All = all;
        _counts = all.ToDictionary(directory => directory, _ => 0);
        _onFailure = options.OnFailure;
        _logger = options.Logger;
    }

    /// <summary>The roots in the order of the configuration, offline ones too.</summary>
    public IReadOnlyList<LogDirectory> All { get; }

    /// <summary>Those that can be used.</summary>
    public IEnumerable<LogDirectory> Online => All.Where(directory => directory.IsOnline);

    public bool IsAnyOnline => All.Any(directory => directory.IsOnline);

    /// <summary>
    /// Takes all roots into use. One that the disk refuses is offline from the start, with a line in the log, while the others go on.
    /// </summary>
    /// <exception cref="LogDirectoryException">
    /// A root is named twice, in use, or another broker's; two have the same id; or none can be used. No lock is held then.
    /// </exception>
    public static LogDirectories Open(LogDirectoriesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var opened = new List<LogDirectory>();
        try
        {
            foreach (var configured in options.Paths)
            {
                var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(configured));
                if (opened.Exists(directory => string.Equals(directory.Path, path, StringComparison.Ordinal)))
                {
                    throw new LogDirectoryException($"The log directory '{path}' is configured twice.");
                }

                opened.Add(OpenOne(options, path));
            }

            RequireUsable(opened);
            return new LogDirectories(opened, options);
        }
        catch
        {
            opened.ForEach(directory => directory.Dispose());
            throw;
        }
    }

    /// <summary>Where a partition's log is, or null when it has none. The directory may be offline.</summary>
    public LogDirectory? Find(TopicPartition partition)
    {
        lock (_lock)
        {
            return _places.GetValueOrDefault(partition);
        }
    }

    /// <summary>How many logs a directory holds.</summary>
    public int CountIn(LogDirectory directory)
    {
        lock (_lock)
        {
            return _counts[directory];
        }
    }

    /// <summary>Says that a partition's log was found in a directory.</summary>
    /// <exception cref="LogDirectoryException">It was found in another one already: only its owner can tell which of the two is right.</exception>
    public void Register(TopicPartition partition, LogDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        lock (_lock)
        {
            if (!_places.TryAdd(partition, directory))
            {
                throw new LogDirectoryException(
                    $"The log of {partition} lies in '{_places[partition].Path}' and in '{directory.Path}'; one of them must be moved away.");
            }

            _counts[directory]++;
        }
    }

    /// <summary>
    /// Remembers where the log of a partition is wished for that has none yet, until it is made or the broker stops. A wish more than
    /// <see cref="WishesMax"/> is not remembered.
    /// </summary>
    public void Wish(TopicPartition partition, LogDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        lock (_lock)
        {
            if (_wishes.Count < WishesMax || _wishes.ContainsKey(partition))
            {
                _wishes[partition] = directory;
            }
        }
    }

    /// <summary>
    /// The directory for a partition's log: the one that holds it, online or not; otherwise the one that was wished for, if it is online, or the one
    /// with the fewest logs, where it counts from now on. Null when all are offline.
    /// </summary>
    public LogDirectory? Place(TopicPartition partition)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(partition, out var holder))
            {
                return holder;
            }

            _wishes.Remove(partition, out var wished);
            var chosen = wished is { IsOnline: true } ? wished : Online.MinBy(directory => _counts[directory]);
            if (chosen is not null)
            {
                _places.Add(partition, chosen);
                _counts[chosen]++;
            }

            return chosen;
        }
    }

    /// <summary>Says that a partition's log is deleted. One that was not there is no error.</summary>
    public void Remove(TopicPartition partition)
    {
        lock (_lock)
        {
            if (_places.Remove(partition, out var directory))
            {
                _counts[directory]--;
            }
        }
    }

    /// <summary>Says that a partition's log lies in another directory now. It may go offline at the same moment, and is not told again then.</summary>
    internal void Move(TopicPartition partition, LogDirectory destination)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(partition, out var source))
            {
                _places[partition] = destination;
                _counts[source]--;
                _counts[destination]++;
            }
        }
    }

    /// <summary>
    /// Takes a directory offline after a disk error and tells which partitions are gone. Errors of a directory that is offline already are
    /// the same failure still: they are not told again.
    /// </summary>
    /// <returns>True when this was the first error.</returns>
    public bool Fail(LogDirectory directory, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(directory);
        LogDirectoryFailure failure;
        lock (_lock)
        {
            if (!directory.TryTakeOffline(cause))
            {
                return false;
            }

            var partitions = _places.Where(each => each.Value == directory).Select(each => each.Key).ToList();
            failure = new LogDirectoryFailure(directory, cause, partitions, IsLast: !IsAnyOnline);
        }

        // Outside the lock: the one who is told may ask where a partition is.
        DirectoryMessages.GoesOffline(_logger, directory.Path, failure.Partitions.Count, cause);
        _onFailure(failure);
        return true;
    }

    /// <summary>Gives all locks back.</summary>
    public void Dispose()
    {
        foreach (var directory in All)
        {
            directory.Dispose();
        }
    }

    private static LogDirectory OpenOne(LogDirectoriesOptions options, string path)
    {
        try
        {
            return LogDirectory.Open(options.Files, path, options.ClusterId, options.NodeId, options.Random);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            DirectoryMessages.CannotUse(options.Logger, path, failure.Message);
            return LogDirectory.Unusable(options.Files, path, failure);
        }
    }

    private static void RequireUsable(List<LogDirectory> opened)
    {
        var usable = opened.FindAll(directory => directory.IsOnline);
        if (usable.Count == 0)
        {
            throw new LogDirectoryException(
                opened.Count == 0
                    ? "No log directory is configured."
                    : $"None of the log directories can be used: {string.Join("; ", opened.Select(each => $"'{each.Path}': {each.OfflineCause!.Message}"))}");
        }

        foreach (var twins in usable.GroupBy(directory => directory.Id).Where(group => group.Count() > 1))
        {
            throw new LogDirectoryException(
                $"The log directories {string.Join(" and ", twins.Select(each => $"'{each.Path}'"))} have the same id {twins.Key}: one is a copy of the other.");
        }
    }
}
