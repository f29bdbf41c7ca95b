using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Fetching;

/// <summary>A client with a fetch session: it says only what has changed since its last fetch, as Kafka's consumer does.</summary>
internal sealed class SessionClient(TestClient client, short version)
{
    private readonly Dictionary<(string Topic, Uuid Id, int Partition), (long Offset, bool IsSaid)> _wanted = [];
    private readonly List<(string Topic, Uuid Id, int Partition)> _forgotten = [];

    /// <summary>The session's id; 0 without a session.</summary>
    public int SessionId { get; private set; }

    /// <summary>The epoch of the next fetch.</summary>
    public int Epoch { get; private set; }

    public int MaxBytes { get; set; } = 1 << 20;

    public int MaxWaitMs { get; set; }

    /// <summary>Bytes of one partition.</summary>
    public int PartitionMaxBytes { get; set; } = 1 << 20;

    public IEnumerable<(string Topic, Uuid Id, int Partition)> Wanted => _wanted.Keys;

    /// <summary>Wants a partition from an offset on.</summary>
    public SessionClient Want(string topic, Uuid id, int partition, long offset)
    {
        _wanted[Key(topic, id, partition)] = (offset, false);
        _forgotten.Remove(Key(topic, id, partition));
        return this;
    }

    public SessionClient Forget(string topic, Uuid id, int partition)
    {
        _wanted.Remove(Key(topic, id, partition));
        _forgotten.Add(Key(topic, id, partition));
        return this;
    }

    public long Position(string topic, Uuid id, int partition) => _wanted[Key(topic, id, partition)].Offset;

    /// <summary>Fetches, and goes on behind the records that came.</summary>
    public async Task<FetchResponse> FetchAsync()
    {
        var request = Request();
        return Take(await client.AskAsync(request, version));
    }

    /// <summary>What would be asked next. The session is taken to have been told.</summary>
    public FetchRequest Request()
    {
        var isFull = Epoch <= 0;
        var request = new FetchRequest { MaxWaitMs = MaxWaitMs, MinBytes = 1, MaxBytes = MaxBytes, SessionId = SessionId, SessionEpoch = Epoch };
        foreach (var (key, (offset, isSaid)) in _wanted.ToList())
        {
            if (isFull || !isSaid)
            {
                request.Topics.Add(new FetchRequest.FetchTopic
                {
                    Topic = key.Topic,
                    TopicId = key.Id,
                    Partitions = [new FetchRequest.FetchPartition { Partition = key.Partition, FetchOffset = offset, PartitionMaxBytes = PartitionMaxBytes }],
                });
                _wanted[key] = (offset, true);
            }
        }

        if (!isFull)
        {
            request.ForgottenTopicsData.AddRange(_forgotten.Select(key => new FetchRequest.ForgottenTopic { Topic = key.Topic, TopicId = key.Id, Partitions = [key.Partition] }));
        }

        _forgotten.Clear();
        return request;
    }

    public FetchResponse Take(FetchResponse reply)
    {
        if (reply.ErrorCode != ErrorCode.None)
        {
            (SessionId, Epoch) = (0, 0);
            return reply;
        }

        SessionId = reply.SessionId;
        Epoch = reply.SessionId == 0 ? 0 : Epoch + 1;
        foreach (var topic in reply.Responses)
        {
            foreach (var partition in topic.Partitions.Where(partition => partition.Records.Length > 0))
            {
                var key = (topic.Topic, topic.TopicId, partition.PartitionIndex);
                _wanted[key] = (Offsets(partition, _wanted[key].Offset), false);
            }
        }

        return reply;
    }

    /// <summary>The partitions that an answer names, and their errors.</summary>
    public static List<(int Partition, ErrorCode Error, int Records)> Named(FetchResponse reply) =>
        [.. reply.Responses.SelectMany(topic => topic.Partitions).Select(partition => (partition.PartitionIndex, partition.ErrorCode, Batches.Values(partition.Records.Bytes).Count))];

    private static long Offsets(FetchResponse.PartitionData partition, long from) =>
        Spate.Protocol.Records.OwnedRecord.ReadAll(partition.Records.Bytes.Span, 64 << 20).Select(record => record.Offset + 1).Append(from).Max();

    private (string Topic, Uuid Id, int Partition) Key(string topic, Uuid id, int partition) =>
        version >= 13 ? ("", id, partition) : (topic, Uuid.Zero, partition);
}
