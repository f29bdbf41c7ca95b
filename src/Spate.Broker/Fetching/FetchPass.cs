using Spate.Broker.Partitions;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;
using Spate.Storage;

namespace Spate.Broker.Fetching;

/// <summary>
/// One look at the partitions of a fetch. It may be run again while the fetch waits; each run lets go of what the run before held. A full
/// fetch answers for all partitions; an incremental one (KIP-227) for those with records, with an error, or with other bounds than the client
/// was told, and leaves out until they change those that have nothing. One thread at a time; the reply, once taken, belongs to the taker.
/// </summary>
internal sealed class FetchPass(PartitionTable table, FetchedPartitions partitions, FetchTerms terms, bool isIncremental)
{
    private readonly List<FetchAnswer> _answers = [];

    public FetchTerms Terms => terms;

    /// <summary>Whether the last run found what the client waits for: enough bytes, or an error that it must hear of.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>What the last run found.</summary>
    public IReadOnlyList<FetchAnswer> Answers => _answers;

    public void Run()
    {
        Release();
        partitions.TakeChanges();
        var limits = new FetchLimits(terms.BytesMax, terms.GrowsForFirstBatch);
        var isUrgent = false;
        for (var partition = partitions.First; partition is not null;)
        {
            // A look may take the partition out of the row.
            var next = partition.Next;
            isUrgent |= Look(partition, ref limits);
            partition = next;
        }

        IsEnough = isUrgent || limits.BytesTaken >= terms.BytesMin || partitions.Count == 0;
    }

    /// <summary>
    /// Has every partition that the next run looks at watched, so that its changes wake the wait. What cannot be found needs no watching: its error is
    /// answered at once.
    /// </summary>
    public void Watch()
    {
        for (var partition = partitions.First; partition is not null; partition = partition.Next)
        {
            if (!partition.IsWatching && Find(partition, out var found) == ErrorCode.None)
            {
                partition.Watch(found!);
            }
        }
    }

    /// <summary>Makes a reply of what the last run found, and remembers what the client knows then.</summary>
    public FetchResponse TakeReply()
    {
        var reply = new FetchResponse();
        FetchResponse.FetchableTopicResponse? topic = null;
        foreach (var (partition, data, _, served) in _answers)
        {
            served?.Metrics.Fetched(data.ErrorCode, data.Records.Length, OlderFormat.IsAskedFor(terms.Version));
            if (topic is null || topic.TopicId != partition.Key.TopicId || topic.Topic != partition.Key.Topic)
            {
                topic = new FetchResponse.FetchableTopicResponse { Topic = partition.Key.Topic, TopicId = partition.Key.TopicId };
                reply.Responses.Add(topic);
            }

            topic.Partitions.Add(data);
            partition.Told(data);
            if (data.Records.Length > 0)
            {
                // In a session, the others have the first turn the next time.
                partitions.MoveToEnd(partition);
            }
        }

        _answers.Clear();
        return reply;
    }

    /// <summary>Lets go of files that a reply would have been sent from.</summary>
    public void Release()
    {
        foreach (var answer in _answers)
        {
            answer.Data.Records.Source?.Dispose();
        }

        _answers.Clear();
    }

    /// <returns>Whether the client must hear of it at once.</returns>
    private bool Look(FetchedPartition asked, ref FetchLimits limits)
    {
        var error = Find(asked, out var partition);
        if (error == ErrorCode.None)
        {
            error = Check(partition!, asked);
        }

        if (error != ErrorCode.None)
        {
            return Refuse(asked, error, partition);
        }

        if (asked.LastFetchedEpoch >= 0 && Divergence(partition!, asked, out error) is { } end)
        {
            return error == ErrorCode.None ? Diverges(asked, partition!, end) : Refuse(asked, error, partition);
        }

        var isWatching = asked.IsWatching;
        var bytesMax = limits.For(asked.BytesMax);
        error = partition!.Read(asked.FetchOffset, bytesMax, terms.ReadCommitted, limits.AtLeastOneBatch(bytesMax), out var read);
        if (error == ErrorCode.None && OlderFormat.IsAskedFor(terms.Version))
        {
            error = ControlPassage.Pass(partition, bytesMax, limits.AtLeastOneBatch(bytesMax), ref read);
        }

        if (error != ErrorCode.None)
        {
            return Refuse(asked, error, partition);
        }

        if (isIncremental && read.Records.Length == 0 && !asked.IsNews(read.HighWatermark, read.LogStartOffset))
        {
            Rest(asked, partition, isWatching, asked.FetchOffset >= (terms.ReadCommitted ? read.LastStableOffset : read.HighWatermark));
            return false;
        }

        limits.Take(read.Records.Length);
        _answers.Add(new FetchAnswer(asked, Describe(asked, read), bytesMax, partition));
        return read.ContinuesElsewhere;
    }

    /// <summary>Nothing to tell: a partition that is at its end, and would tell of a change, needs no look until then.</summary>
    private void Rest(FetchedPartition asked, Partition partition, bool wasWatching, bool isAtEnd)
    {
        if (!isAtEnd)
        {
            return;
        }

        if (wasWatching)
        {
            partitions.Deactivate(asked);
        }
        else
        {
            asked.Watch(partition);
        }
    }

    private ErrorCode Find(FetchedPartition asked, out Partition? partition)
    {
        var key = asked.Key;
        if (!terms.NamesTopicsById)
        {
            return table.Find(key.Topic, key.Partition, out partition);
        }

        var error = table.Find(key.TopicId, key.Partition, out partition);
        if (partition is not null)
        {
            asked.TopicName = partition.Name.Topic;
        }
        else if (error == ErrorCode.UnknownTopicId && asked.TopicName is { } name && table.Find(name, key.Partition, out _) != ErrorCode.UnknownTopicOrPartition)
        {
            // The name has become another topic's, which the client learns of by looking the id up anew.
            return ErrorCode.InconsistentTopicId;
        }

        return error;
    }

    private ErrorCode Check(Partition partition, FetchedPartition asked)
    {
        var error = partition.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (terms.IsFollower)
        {
            // Nobody replicates from here. Who names the right epoch is told to wait until its replica is known, as Kafka does.
            return asked.CurrentLeaderEpoch >= 0 ? ErrorCode.UnknownLeaderEpoch : ErrorCode.NotLeaderOrFollower;
        }

        return !terms.KnowsZstd && partition.Log.Config.Validation.TargetCodec == CompressionCodec.Zstd
            ? ErrorCode.UnsupportedCompressionType
            : ErrorCode.None;
    }

    /// <summary>
    /// Where the log and what the client has parted ways (KIP-595), or null when they have not. An epoch that the log knows nothing of, or an
    /// offset before its start, is an offset out of range.
    /// </summary>
    private static FetchResponse.EpochEndOffset? Divergence(Partition partition, FetchedPartition asked, out ErrorCode error)
    {
        error = ErrorCode.None;
        var end = partition.EndOfEpoch(asked.LastFetchedEpoch);
        if (end.Epoch < 0 && asked.LastFetchedEpoch == partition.LeaderEpoch)
        {
            // The epoch has no record yet, so nothing of it can have been lost.
            return null;
        }

        if (end.Epoch < 0 || asked.FetchOffset < partition.Log.LogStartOffset)
        {
            error = ErrorCode.OffsetOutOfRange;
            return new FetchResponse.EpochEndOffset();
        }

        return end.Epoch < asked.LastFetchedEpoch || end.EndOffset < asked.FetchOffset
            ? new FetchResponse.EpochEndOffset { Epoch = end.Epoch, EndOffset = end.EndOffset }
            : null;
    }

    private bool Diverges(FetchedPartition asked, Partition partition, FetchResponse.EpochEndOffset end)
    {
        var data = new FetchResponse.PartitionData
        {
            PartitionIndex = asked.Key.Partition,
            HighWatermark = partition.Log.HighWatermark,
            LastStableOffset = partition.Log.LastStableOffset,
            LogStartOffset = partition.Log.LogStartOffset,
            DivergingEpoch = end,
            Records = RecordsPayload.Empty,
        };
        _answers.Add(new FetchAnswer(asked, data, 0, partition));
        return true;
    }

    private bool Refuse(FetchedPartition asked, ErrorCode error, Partition? partition)
    {
        var data = new FetchResponse.PartitionData
        {
            PartitionIndex = asked.Key.Partition,
            ErrorCode = error,
            HighWatermark = -1,
            Records = RecordsPayload.Empty,
        };
        if (partition is not null && terms.TellsLeaders && error is (ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch))
        {
            data.CurrentLeader = new FetchResponse.LeaderIdAndEpoch { LeaderId = terms.NodeId, LeaderEpoch = partition.LeaderEpoch };
        }

        _answers.Add(new FetchAnswer(asked, data, 0, partition));
        return true;
    }

    private static FetchResponse.PartitionData Describe(FetchedPartition asked, in LogReadResult read)
    {
        var data = new FetchResponse.PartitionData
        {
            PartitionIndex = asked.Key.Partition,
            HighWatermark = read.HighWatermark,
            LastStableOffset = read.LastStableOffset,
            LogStartOffset = read.LogStartOffset,
            Records = read.Records.Length > 0 ? new RecordsPayload(read.Records) : RecordsPayload.Empty,
        };
        data.AbortedTransactions = null;
        if (read.AbortedTransactions is { } aborted)
        {
            data.AbortedTransactions = new List<FetchResponse.AbortedTransaction>(aborted.Count);
            for (var index = 0; index < aborted.Count; index++)
            {
                data.AbortedTransactions.Add(new FetchResponse.AbortedTransaction { ProducerId = aborted[index].ProducerId, FirstOffset = aborted[index].FirstOffset });
            }
        }

        return data;
    }
}
