using System.Text;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// Partitions to be read from fake brokers: one record in a batch, each with the epoch of the leader that wrote it. Sessions are kept as a broker keeps them, and epochs are
/// held against those of the <see cref="FakeCluster"/>. Every broker has the same log; a test that wants it otherwise says so in <see cref="Say"/>.
/// </summary>
internal sealed class FakeReplicas(FakeCluster cluster)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, List<(string Value, int Epoch)>> _logs = [];
    private readonly Dictionary<int, FakeFetchSession> _sessions = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastSession;

    /// <summary>How many sessions there is room for.</summary>
    public int SessionsMax { get; set; } = 10;

    /// <summary>Said instead of what would be, by a node of a partition; null says nothing else.</summary>
    public Func<int, TopicPartition, FetchRequest.FetchPartition, FetchResponse.PartitionData?> Say { get; set; } = static (_, _, _) => null;

    /// <summary>Told along with every response.</summary>
    public List<FetchResponse.NodeEndpoint> Endpoints { get; } = [];

    /// <summary>Every fetch, with the node that it came to.</summary>
    public List<(int Node, FetchRequest Request)> Fetches { get; } = [];

    /// <summary>Every partition whose offset was looked up, with the epoch that was said.</summary>
    public List<(TopicPartition Name, int LeaderEpoch)> Lookups { get; } = [];

    /// <summary>Every epoch that was asked about.</summary>
    public List<(TopicPartition Name, int Epoch, int LeaderEpoch)> Checks { get; } = [];

    public int SessionCount
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    public FakeBroker Attach(int node, FakeBroker broker, short highest = 18, bool knowsEpochs = true, short highestOfLookups = 11, short highestOfEpochs = 4)
    {
        broker.On<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, highest, (request, call) => FetchAsync(node, request, call.Version));
        broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, highestOfLookups, (request, _) => LookUp(request));
        return knowsEpochs
            ? broker.On<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, 0, highestOfEpochs, (request, _) => Check(request))
            : broker;
    }

    public void Append(TopicPartition name, int epoch, params string[] values)
    {
        lock (_gate)
        {
            LogOf(name).AddRange(values.Select(value => (value, epoch)));
        }

        Change();
    }

    /// <summary>Loses records, as a leader does that was elected without them.</summary>
    public void Truncate(TopicPartition name, int end)
    {
        lock (_gate)
        {
            LogOf(name).RemoveRange(end, LogOf(name).Count - end);
        }
    }

    public void ForgetSessions()
    {
        lock (_gate)
        {
            _sessions.Clear();
        }

        Change();
    }

    /// <summary>Gets out of step, as if a request had been counted that the client does not know of.</summary>
    public void SkipEpochs()
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                session.NextEpoch++;
            }
        }

        Change();
    }

    /// <summary>Changes several things before any request sees one of them, as an election does.</summary>
    public void AtOnce(Action change)
    {
        lock (_gate)
        {
            change();
        }

        Change();
    }

    /// <summary>Ends the waits of fetches.</summary>
    public void Change()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    public List<(int Node, FetchRequest Request)> FetchesSoFar()
    {
        lock (_gate)
        {
            return [.. Fetches];
        }
    }

    private async Task<FetchResponse?> FetchAsync(int node, FetchRequest request, short version)
    {
        Task changed;
        lock (_gate)
        {
            Fetches.Add((node, request));
            changed = _changed.Task;
            var first = Answer(node, request, version, mayBeEmpty: request.Topics.Count == 0 && request.SessionEpoch <= 0);
            if (first is not null)
            {
                return first;
            }
        }

        await Task.WhenAny(changed, Task.Delay(request.MaxWaitMs));
        lock (_gate)
        {
            return Answer(node, request, version, mayBeEmpty: true);
        }
    }

    private FetchResponse? Answer(int node, FetchRequest request, short version, bool mayBeEmpty)
    {
        FakeFetchSession? session = null;
        if (request.SessionEpoch > 0)
        {
            if (!_sessions.TryGetValue(request.SessionId, out session))
            {
                return new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound };
            }

            if (session.NextEpoch != request.SessionEpoch)
            {
                return new FetchResponse { ErrorCode = ErrorCode.InvalidFetchSessionEpoch };
            }
        }
        else
        {
            _sessions.Remove(request.SessionId);
        }

        var isFull = session is null;
        session ??= new FakeFetchSession(version >= 7 && request.SessionEpoch == 0 && _sessions.Count < SessionsMax ? _lastSession + 1 : 0);
        var response = new FetchResponse { SessionId = session.Id, NodeEndpoints = Endpoints };
        foreach (var topic in request.Topics)
        {
            var topicName = cluster.NameOf(topic.Topic, topic.TopicId);
            foreach (var asked in topic.Partitions)
            {
                if (topicName is not null)
                {
                    session.Wanted[new TopicPartition(topicName, asked.Partition)] = asked;
                }
                else
                {
                    response.Responses.Add(new() { TopicId = topic.TopicId, Partitions = [new() { PartitionIndex = asked.Partition, ErrorCode = ErrorCode.UnknownTopicId, HighWatermark = -1 }] });
                }
            }
        }

        foreach (var topic in request.ForgottenTopicsData)
        {
            foreach (var partition in topic.Partitions)
            {
                var name = new TopicPartition(cluster.NameOf(topic.Topic, topic.TopicId) ?? "", partition);
                session.Wanted.Remove(name);
                session.Told.Remove(name);
            }
        }

        var hasData = response.Responses.Count > 0;
        foreach (var (name, asked) in session.Wanted)
        {
            var data = Say(node, name, asked) ?? Read(name, asked);
            var isData = data.ErrorCode != ErrorCode.None || !data.Records.Bytes.IsEmpty || data.PreferredReadReplica >= 0;
            hasData |= isData;
            if (isFull || isData || session.Told.GetValueOrDefault(name, -1) != data.HighWatermark)
            {
                response.Responses.Add(new FetchResponse.FetchableTopicResponse { Topic = name.Topic, TopicId = cluster.IdOf(name.Topic), Partitions = [data] });
            }
        }

        if (!hasData && !mayBeEmpty)
        {
            return null;
        }

        foreach (var topic in response.Responses)
        {
            session.Told[new TopicPartition(cluster.NameOf("", topic.TopicId) ?? "", topic.Partitions[0].PartitionIndex)] = topic.Partitions[0].HighWatermark;
        }

        if (isFull && session.Id != 0)
        {
            _lastSession = session.Id;
            _sessions.Add(session.Id, session);
        }
        else if (!isFull)
        {
            session.NextEpoch++;
        }

        return response;
    }

    private FetchResponse.PartitionData Read(TopicPartition name, FetchRequest.FetchPartition asked)
    {
        var log = LogOf(name);
        var data = new FetchResponse.PartitionData { PartitionIndex = name.Partition, HighWatermark = log.Count };
        var epoch = cluster.LeaderOf(name).Epoch;
        data.ErrorCode = asked.CurrentLeaderEpoch >= 0 && asked.CurrentLeaderEpoch < epoch ? ErrorCode.FencedLeaderEpoch
            : asked.CurrentLeaderEpoch > epoch ? ErrorCode.UnknownLeaderEpoch
            : asked.FetchOffset > log.Count ? ErrorCode.OffsetOutOfRange
            : ErrorCode.None;
        if (data.ErrorCode == ErrorCode.None)
        {
            data.Records = Enumerable.Range((int)asked.FetchOffset, log.Count - (int)asked.FetchOffset).SelectMany(offset => Batch(offset, log[offset])).ToArray();
        }

        return data;
    }

    private ListOffsetsResponse LookUp(ListOffsetsRequest request)
    {
        lock (_gate)
        {
            var response = new ListOffsetsResponse();
            foreach (var topic in request.Topics)
            {
                var answers = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
                response.Topics.Add(answers);
                foreach (var asked in topic.Partitions)
                {
                    var name = new TopicPartition(topic.Name, asked.PartitionIndex);
                    var offset = asked.Timestamp == -2 ? 0 : LogOf(name).Count;
                    Lookups.Add((name, asked.CurrentLeaderEpoch));
                    answers.Partitions.Add(new() { PartitionIndex = asked.PartitionIndex, Offset = offset, LeaderEpoch = offset == 0 ? -1 : LogOf(name)[offset - 1].Epoch });
                }
            }

            return response;
        }
    }

    private OffsetForLeaderEpochResponse Check(OffsetForLeaderEpochRequest request)
    {
        lock (_gate)
        {
            var response = new OffsetForLeaderEpochResponse();
            foreach (var topic in request.Topics)
            {
                var answers = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
                response.Topics.Add(answers);
                foreach (var asked in topic.Partitions)
                {
                    var name = new TopicPartition(topic.Topic, asked.Partition);
                    Checks.Add((name, asked.LeaderEpoch, asked.CurrentLeaderEpoch));
                    var end = LogOf(name).FindLastIndex(record => record.Epoch <= asked.LeaderEpoch) + 1;
                    answers.Partitions.Add(new() { Partition = asked.Partition, LeaderEpoch = end == 0 ? -1 : LogOf(name)[end - 1].Epoch, EndOffset = end == 0 ? -1 : end });
                }
            }

            return response;
        }
    }

    private List<(string Value, int Epoch)> LogOf(TopicPartition name)
    {
        if (!_logs.TryGetValue(name, out var log))
        {
            _logs.Add(name, log = []);
        }

        return log;
    }

    private static byte[] Batch(int offset, (string Value, int Epoch) record)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = record.Epoch });
        builder.Append(0, NullableBytes.Null, Encoding.UTF8.GetBytes(record.Value));
        return builder.Build().ToArray();
    }
}
