using Spate.Broker.Fetching;
using Spate.Broker.Shares.Partitions;
using Spate.Broker.Shares.Sessions;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Wire;

namespace Spate.Broker.Shares.Fetching;

/// <summary>One partition of a share fetch: what was found for its member, and the wakes while it waits. Belongs to the one request.</summary>
internal sealed class ShareFetchTarget(SharedTopicPartition name) : IDisposable
{
    private ShareWake? _log;
    private ShareWake? _shared;

    public SharedTopicPartition Name { get; } = name;

    /// <summary>Why nothing can be fetched from it.</summary>
    public ErrorCode Error { get; set; }

    /// <summary>The partition as the group reads it; null where it cannot be had.</summary>
    public SharedPartition? Shared { get; set; }

    /// <summary>What was read and is not given to the member yet.</summary>
    public RecordsRead? Read { get; set; }

    /// <summary>What the member holds now.</summary>
    public IReadOnlyList<AcquiredRange> Acquired { get; private set; } = [];

    /// <summary>The batches in which <see cref="Acquired"/> lie.</summary>
    public IRecordSource? Records { get; private set; }

    /// <summary>Gives the member what was read; nothing when others have been quicker.</summary>
    /// <returns>How many records it was given.</returns>
    public int Acquire(in AcquireRequest request)
    {
        if (Read is not { } read)
        {
            return 0;
        }

        Acquired = Shared!.Acquire(request, read);
        Records = Acquired.Count > 0 ? read.Take(Acquired[0].First, Acquired[^1].Last) : null;
        LetGo();
        return Acquired.Sum(static range => (int)(range.Last - range.First + 1));
    }

    /// <summary>Has a wait woken by changes of the log and of what others hold.</summary>
    public void Watch(FetchWait wait)
    {
        if (Shared is { } shared)
        {
            _log = ShareWake.On(shared.Partition, wait, _log);
            _shared = ShareWake.On(shared, wait, _shared);
        }
    }

    /// <summary>Files are not held open while nobody reads them.</summary>
    public void LetGo()
    {
        Read?.Dispose();
        Read = null;
    }

    /// <summary>The records belong to the reply from now on.</summary>
    public RecordsPayload TakeRecords()
    {
        var records = Records is { } source ? new RecordsPayload(source) : RecordsPayload.Empty;
        Records = null;
        return records;
    }

    public void Dispose()
    {
        _log?.Leave();
        _shared?.Leave();
        LetGo();
        Records?.Dispose();
        Records = null;
    }
}
