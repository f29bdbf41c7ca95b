using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>
/// What one broker remembers of this consumer's fetches, so that a request names only what has changed since the one before (KIP-227). A broker that has no place for a
/// session gives none, and is asked for everything each time. Used by one fetch at a time.
/// </summary>
/// <remarks>
/// The broker's memory and this one stay the same because each request that was carried out raises the epoch on both sides. Whenever that is in doubt - a request without
/// an answer, an answer that complains - the next request is a full one, which ends the session that was before it.
/// </remarks>
internal sealed class FetchSession(ConsumerOptions options)
{
    /// <summary>The newest version that names topics; from the next one on they are named by their ids (KIP-516).</summary>
    public const short LastVersionOfNames = FirstVersionOfIds - 1;

    private const int NoSession = 0;
    private const int FirstEpoch = 0;
    private const int LastEpoch = -1;
    private const short FirstVersionOfSessions = 7;
    private const short FirstVersionOfIds = 13;

    private readonly Dictionary<TopicPartition, SessionPartition> _partitions = [];
    private readonly Dictionary<Uuid, string> _names = [];
    private readonly Dictionary<string, FetchRequest.FetchTopic> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Topic, Uuid Id), FetchRequest.ForgottenTopic> _forgotten = [];
    private readonly List<TopicPartition> _gone = [];
    private int _id = NoSession;
    private int _epoch = FirstEpoch;
    private bool _isById;
    private bool _isFull = true;
    private long _turn;

    /// <summary>Whether the broker keeps a place for it, as far as is known.</summary>
    public bool IsOpen => _id != NoSession && _epoch != FirstEpoch;

    /// <summary>Whether the last response refuses any partition.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Makes the next request.</summary>
    /// <param name="asks">Every partition that is wanted.</param>
    /// <param name="maxBytes">Bytes that there is room for.</param>
    /// <param name="version">The version that it will be sent in.</param>
    public FetchRequest Ask(IReadOnlyList<FetchAsk> asks, int maxBytes, short version)
    {
        // A session names topics in one way all its life.
        var isById = version >= FirstVersionOfIds;
        if (version < FirstVersionOfSessions || isById != _isById)
        {
            BeginAnew();
        }

        _isById = isById;
        _isFull = _epoch == FirstEpoch;
        if (_isFull)
        {
            _partitions.Clear();
            _names.Clear();
        }

        var request = new FetchRequest
        {
            MaxWaitMs = (int)options.FetchMaxWait.TotalMilliseconds,
            MinBytes = options.FetchMinBytes,
            MaxBytes = maxBytes,
            IsolationLevel = (sbyte)options.IsolationLevel,
            SessionId = _id,
            SessionEpoch = _epoch,
            RackId = options.ClientRack ?? "",
        };
        _turn++;
        HasErrors = false;
        foreach (var ask in asks)
        {
            Name(request, ask);
        }

        if (_partitions.Count > asks.Count)
        {
            ForgetUnwanted(request);
        }

        _asked.Clear();
        _forgotten.Clear();
        return request;
    }

    /// <summary>A request that ends the session, so that its place at the broker is free at once.</summary>
    public FetchRequest End() => new() { SessionId = _id, SessionEpoch = LastEpoch, MaxBytes = 0 };

    /// <summary>Takes in the response to the last request; what it says of each partition is there to be taken until the next one.</summary>
    public SessionReply Hear(FetchResponse response)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            var wasFull = _isFull;
            BeginAnew();
            if (response.ErrorCode == ErrorCode.FetchSessionIdNotFound)
            {
                _id = NoSession;
            }

            return !wasFull && IsOfSession(response.ErrorCode) ? SessionReply.AskAnew : SessionReply.Failure;
        }

        foreach (var topic in response.Responses)
        {
            var name = !_isById ? topic.Topic : _names.GetValueOrDefault(topic.TopicId);
            foreach (var answer in topic.Partitions)
            {
                if (name is not null && _partitions.TryGetValue(new TopicPartition(name, answer.PartitionIndex), out var partition))
                {
                    partition.Answer = answer;
                    HasErrors |= answer.ErrorCode != ErrorCode.None;
                }
            }
        }

        var wasWhole = _isFull;
        var isOn = response.SessionId != NoSession;
        _id = response.SessionId;
        _epoch = !isOn ? FirstEpoch : _epoch == int.MaxValue ? FirstEpoch + 1 : _epoch + 1;

        // A broker that holds a client back answers at once and with nothing (KIP-219).
        var isHeldBack = response.ThrottleTimeMs > 0 && response.Responses.Count == 0;
        return wasWhole && !isHeldBack ? SessionReply.Whole : SessionReply.Changes;
    }

    /// <summary>What the last response says of a partition; null when it says nothing.</summary>
    /// <param name="name">A partition that was asked for.</param>
    /// <param name="known">What is remembered of it.</param>
    public FetchResponse.PartitionData? Find(TopicPartition name, out SessionPartition? known) =>
        _partitions.TryGetValue(name, out known) ? known.Answer : null;

    /// <summary>The next request says everything, and ends the session that is.</summary>
    public void BeginAnew() => _epoch = FirstEpoch;

    private static bool IsOfSession(ErrorCode error) =>
        error is ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch or ErrorCode.FetchSessionTopicIdError or ErrorCode.InconsistentTopicId;

    private void Name(FetchRequest request, in FetchAsk ask)
    {
        var name = ask.Cursor.Name;
        if (!_partitions.TryGetValue(name, out var known))
        {
            _partitions.Add(name, known = new SessionPartition());
        }
        else if (_isById && known.TopicId != ask.TopicId)
        {
            // Another topic has taken the name of the one before.
            Forget(request, name, known);
            _partitions[name] = known = new SessionPartition();
        }
        else if (known.Says(ask))
        {
            known.Turn = _turn;
            known.Answer = null;
            return;
        }

        known.Turn = _turn;
        known.Answer = null;
        known.TopicId = ask.TopicId;
        known.Offset = ask.Offset;
        known.LeaderEpoch = ask.LeaderEpoch;
        _names[ask.TopicId] = name.Topic;
        if (!_asked.TryGetValue(name.Topic, out var topic))
        {
            topic = new FetchRequest.FetchTopic { Topic = name.Topic, TopicId = ask.TopicId };
            _asked.Add(name.Topic, topic);
            request.Topics.Add(topic);
        }

        topic.Partitions.Add(new FetchRequest.FetchPartition
        {
            Partition = name.Partition,
            CurrentLeaderEpoch = ask.LeaderEpoch,
            FetchOffset = ask.Offset,
            PartitionMaxBytes = options.PartitionFetchBytes,
        });
    }

    private void ForgetUnwanted(FetchRequest request)
    {
        foreach (var (name, known) in _partitions)
        {
            if (known.Turn != _turn)
            {
                _gone.Add(name);
                Forget(request, name, known);
            }
        }

        foreach (var name in _gone)
        {
            _partitions.Remove(name);
        }

        _gone.Clear();
    }

    private void Forget(FetchRequest request, TopicPartition name, SessionPartition known)
    {
        if (!_forgotten.TryGetValue((name.Topic, known.TopicId), out var topic))
        {
            topic = new FetchRequest.ForgottenTopic { Topic = name.Topic, TopicId = known.TopicId };
            _forgotten.Add((name.Topic, known.TopicId), topic);
            request.ForgottenTopicsData.Add(topic);
        }

        topic.Partitions.Add(name.Partition);
    }
}
