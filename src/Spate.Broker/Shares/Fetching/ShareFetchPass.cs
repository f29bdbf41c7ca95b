using Spate.Broker.Fetching;
using Spate.Broker.Partitions;
using Spate.Broker.Shares.Partitions;
using Spate.Broker.Shares.Sessions;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;

namespace Spate.Broker.Shares.Fetching;

/// <summary>
/// Looks at the partitions of a share fetch, and gives their records to the member once there are enough of them: what is only looked at is held by nobody. It may be
/// run again while the fetch waits. One thread at a time.
/// </summary>
internal sealed class ShareFetchPass(PartitionTable table, SharedPartitions shared, ShareFetchTerms terms, IEnumerable<SharedTopicPartition> partitions) : IDisposable
{
    public IReadOnlyList<ShareFetchTarget> Targets { get; } = [.. partitions.Select(static name => new ShareFetchTarget(name))];

    /// <param name="isLast">Whether what there is must do.</param>
    /// <returns>Whether the answer can leave: enough was found and given to the member, or there is an error that it must hear of.</returns>
    public async ValueTask<bool> RunAsync(bool isLast)
    {
        var (bytes, isUrgent) = (0L, Targets.Count == 0);
        foreach (var target in Targets)
        {
            await OpenAsync(target);
            target.Error = target.Error == ErrorCode.None && target.Shared is { } served ? Look(target, served, terms.BytesMax - bytes, bytes == 0) : target.Error;
            bytes += target.Read?.Bytes ?? 0;
            isUrgent |= target.Error != ErrorCode.None;
        }

        if (!isUrgent && !isLast && (bytes == 0 || bytes < terms.BytesMin))
        {
            LetGo();
            return false;
        }

        return Acquire() > 0 || isUrgent || isLast;
    }

    /// <summary>Has every partition watched, so that its changes wake the wait.</summary>
    public void Watch(FetchWait wait)
    {
        foreach (var target in Targets)
        {
            target.Watch(wait);
        }
    }

    public void Dispose()
    {
        foreach (var target in Targets)
        {
            target.Dispose();
        }
    }

    private async ValueTask OpenAsync(ShareFetchTarget target)
    {
        (target.Shared, target.Error) = (null, table.Find(target.Name.TopicId, target.Name.Partition, out var partition));
        if (target.Error != ErrorCode.None)
        {
            return;
        }

        (target.Error, target.Shared) = await shared.OpenAsync(terms.GroupId, partition!);
        if (target.Error == ErrorCode.CoordinatorNotAvailable)
        {
            // What is kept cannot be read yet. Clients know no such error of a partition; there is simply nothing in it for the time being.
            target.Error = ErrorCode.None;
        }
    }

    private ErrorCode Look(ShareFetchTarget target, SharedPartition served, long bytesMax, bool isFirst)
    {
        if (bytesMax <= 0 && !isFirst)
        {
            return ErrorCode.None;
        }

        var error = served.Look((int)Math.Max(0, bytesMax), isFirst, terms.RecordsMax, out var read);
        target.Read = read;
        return error;
    }

    private int Acquire()
    {
        var records = 0;
        foreach (var target in Targets)
        {
            if (records < terms.RecordsMax)
            {
                records += target.Acquire(new AcquireRequest(terms.MemberId, terms.RecordsMax - records, terms.BatchSize, terms.Mode));
            }
        }

        LetGo();
        return records;
    }

    private void LetGo()
    {
        foreach (var target in Targets)
        {
            target.LetGo();
        }
    }
}
