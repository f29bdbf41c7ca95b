using Spate.Broker.Partitions;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Handlers;

/// <summary>
/// One look at all the partitions that a fetch names. It may be run again while the fetch waits; each run lets go of what the run before
/// held. One thread at a time; the reply, once taken, belongs to the taker.
/// </summary>
internal sealed class FetchPass
{
    private const short FirstVersionWithMaxBytes = 3;
    private const short FirstVersionOfZstd = 10;
    private const short FirstVersionOfTopicIds = 13;
    private const sbyte ReadCommitted = 1;

    private readonly PartitionTable _table;
    private readonly FetchRequest _request;
    private readonly short _version;
    private readonly int _responseBytesMax;
    private readonly List<(Partition Partition, FetchResponse.PartitionData Answer)> _answers = [];
    private FetchResponse _reply = new();

    public FetchPass(PartitionTable table, FetchRequest request, short version, int responseBytesMax)
    {
        _table = table;
        _request = request;
        _version = version;
        _responseBytesMax = version >= FirstVersionWithMaxBytes ? Math.Min(request.MaxBytes, responseBytesMax) : responseBytesMax;
    }

    /// <summary>Whether the last run found what the client waits for: enough bytes, or an error that it must hear of.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>The partitions that were found, for watching.</summary>
    public List<Partition> Partitions { get; } = [];

    public void Run()
    {
        Release();
        Partitions.Clear();
        _answers.Clear();
        var limits = new FetchLimits(_responseBytesMax, growsForFirstBatch: _version >= FirstVersionWithMaxBytes);
        var failed = false;
        foreach (var topic in _request.Topics)
        {
            var answers = new FetchResponse.FetchableTopicResponse { Topic = topic.Topic, TopicId = topic.TopicId };
            _reply.Responses.Add(answers);
            foreach (var asked in topic.Partitions)
            {
                var answer = Read(topic, asked, ref limits);
                answers.Partitions.Add(answer);
                failed |= answer.ErrorCode != ErrorCode.None;
            }
        }

        IsEnough = failed || limits.BytesTaken >= _request.MinBytes || Partitions.Count == 0;
    }

    public FetchResponse TakeReply()
    {
        foreach (var (partition, answer) in _answers)
        {
            partition.Metrics.Fetched(answer.ErrorCode, answer.Records.Length, OlderFormat.IsNeeded(_version));
        }

        var reply = _reply;
        _reply = new FetchResponse();
        return reply;
    }

    /// <summary>Lets go of files that a reply would have been sent from.</summary>
    public void Release()
    {
        foreach (var topic in _reply.Responses)
        {
            foreach (var partition in topic.Partitions)
            {
                partition.Records.Source?.Dispose();
            }
        }

        _reply = new FetchResponse();
    }

    private ErrorCode Check(Partition partition, FetchRequest.FetchPartition asked)
    {
        var error = partition.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        return error == ErrorCode.None && _version < FirstVersionOfZstd && partition.Log.Config.Validation.TargetCodec == CompressionCodec.Zstd
            ? ErrorCode.UnsupportedCompressionType
            : error;
    }

    private FetchResponse.PartitionData Read(FetchRequest.FetchTopic topic, FetchRequest.FetchPartition asked, ref FetchLimits limits)
    {
        var answer = new FetchResponse.PartitionData { PartitionIndex = asked.Partition, HighWatermark = -1, Records = RecordsPayload.Empty };
        answer.ErrorCode = _version >= FirstVersionOfTopicIds
            ? _table.Find(topic.TopicId, asked.Partition, out var partition)
            : _table.Find(topic.Topic, asked.Partition, out partition);
        if (partition is null)
        {
            return answer;
        }

        Partitions.Add(partition);
        _answers.Add((partition, answer));
        answer.ErrorCode = Check(partition, asked);
        if (answer.ErrorCode != ErrorCode.None)
        {
            return answer;
        }

        var bytesMax = limits.For(asked.PartitionMaxBytes);
        answer.ErrorCode = partition.Read(
            asked.FetchOffset, bytesMax, _request.IsolationLevel == ReadCommitted, limits.AtLeastOneBatch(bytesMax), out var read);
        if (answer.ErrorCode != ErrorCode.None)
        {
            return answer;
        }

        answer.HighWatermark = read.HighWatermark;
        answer.LastStableOffset = read.LastStableOffset;
        answer.LogStartOffset = read.LogStartOffset;
        answer.AbortedTransactions = read.AbortedTransactions?
            .Select(transaction => new FetchResponse.AbortedTransaction { ProducerId = transaction.ProducerId, FirstOffset = transaction.FirstOffset })
            .ToList();
        OlderFormat.Answer(answer, read.Records, asked.FetchOffset, _version, bytesMax);
        limits.Take(answer.Records.Length);
        return answer;
    }
}
