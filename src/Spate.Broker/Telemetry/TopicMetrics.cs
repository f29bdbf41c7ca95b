using Spate.Broker.Partitions;
using Spate.Protocol.Errors;
using Spate.Storage.Validation;

namespace Spate.Broker.Telemetry;

/// <summary>
/// What goes in and out of one topic, or of all of them. A partition holds the object of its topic, so that counting looks nothing up: each
/// event is a handful of interlocked additions, to the topic and to all topics. Safe for use by several threads at once.
/// </summary>
public sealed class TopicMetrics
{
    private readonly TopicMetrics? _all;
    private long _messagesIn;
    private long _bytesIn;
    private long _bytesOut;
    private long _bytesRejected;
    private long _produceRequests;
    private long _produceFailures;
    private long _produceConversions;
    private long _fetchRequests;
    private long _fetchFailures;
    private long _fetchConversions;
    private long _shareFetches;
    private long _shareFetchFailures;
    private long _shareAcknowledgements;
    private long _shareAcknowledgementFailures;
    private long _keysMissing;
    private long _magicUnknown;
    private long _checksumsWrong;
    private long _numbersWrong;

    /// <param name="topic">The topic's name; empty for all topics.</param>
    /// <param name="all">What is counted of all topics; null in that one itself, and for partitions that no broker serves.</param>
    internal TopicMetrics(string topic, TopicMetrics? all)
    {
        Topic = topic;
        _all = all;
    }

    public string Topic { get; }

    /// <summary>Records appended.</summary>
    public long MessagesIn => Volatile.Read(ref _messagesIn);

    /// <summary>Bytes of batches appended, as they came.</summary>
    public long BytesIn => Volatile.Read(ref _bytesIn);

    /// <summary>Bytes of records in answers to consumers.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Bytes of batches that were above <c>max.message.bytes</c>.</summary>
    public long BytesRejected => Volatile.Read(ref _bytesRejected);

    /// <summary>Appends asked for, one for each partition of a request.</summary>
    public long ProduceRequests => Volatile.Read(ref _produceRequests);

    /// <summary>Appends refused, but for refusals that clients meet in the course of things; see <see cref="IsUsualRefusal"/>.</summary>
    public long ProduceFailures => Volatile.Read(ref _produceFailures);

    /// <summary>Records that were written otherwise than they came: another format, codec or numbering.</summary>
    public long ProduceConversions => Volatile.Read(ref _produceConversions);

    /// <summary>Partitions in answered fetches.</summary>
    public long FetchRequests => Volatile.Read(ref _fetchRequests);

    /// <summary>Partitions in answered fetches with an error that clients do not meet in the course of things.</summary>
    public long FetchFailures => Volatile.Read(ref _fetchFailures);

    /// <summary>Answers for a partition that were converted to an older message format.</summary>
    public long FetchConversions => Volatile.Read(ref _fetchConversions);

    /// <summary>Partitions in answered fetches of share groups.</summary>
    public long ShareFetches => Volatile.Read(ref _shareFetches);

    /// <summary>Partitions in answered fetches of share groups with an error that clients do not meet in the course of things.</summary>
    public long ShareFetchFailures => Volatile.Read(ref _shareFetchFailures);

    /// <summary>Partitions of which members of share groups have acknowledged records.</summary>
    public long ShareAcknowledgements => Volatile.Read(ref _shareAcknowledgements);

    /// <summary>The same where it was refused, but for refusals that clients meet in the course of things.</summary>
    public long ShareAcknowledgementFailures => Volatile.Read(ref _shareAcknowledgementFailures);

    /// <summary>Appends refused for records without a key in a compacted topic.</summary>
    public long KeysMissing => Volatile.Read(ref _keysMissing);

    /// <summary>Appends refused for a magic that is not known, or not allowed in the version of the request.</summary>
    public long MagicUnknown => Volatile.Read(ref _magicUnknown);

    /// <summary>Appends refused for a checksum that does not match.</summary>
    public long ChecksumsWrong => Volatile.Read(ref _checksumsWrong);

    /// <summary>Appends refused for offsets or sequence numbers that do not follow on.</summary>
    public long NumbersWrong => Volatile.Read(ref _numbersWrong);

    /// <summary>Counts for a partition that belongs to no broker.</summary>
    internal static TopicMetrics Alone() => new("", all: null);

    /// <summary>Counts an append and what became of it.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="bytes">Bytes of the batch as it came.</param>
    internal void Appended(in AppendOutcome outcome, int bytes)
    {
        _all?.Appended(outcome, bytes);
        Interlocked.Increment(ref _produceRequests);
        if (outcome.Error != ErrorCode.None)
        {
            Refused(outcome, bytes);
            return;
        }

        Interlocked.Add(ref _bytesIn, bytes);
        if (outcome.LastOffset >= 0)
        {
            Interlocked.Add(ref _messagesIn, outcome.LastOffset - outcome.BaseOffset + 1);
        }

        if (outcome.ConvertedRecords > 0)
        {
            Interlocked.Add(ref _produceConversions, outcome.ConvertedRecords);
        }
    }

    /// <summary>Counts what a fetch was answered for a partition.</summary>
    /// <param name="error">The partition's error.</param>
    /// <param name="bytes">Bytes of the records that are sent.</param>
    /// <param name="isConverted">Whether they were converted to an older format.</param>
    internal void Fetched(ErrorCode error, int bytes, bool isConverted)
    {
        _all?.Fetched(error, bytes, isConverted);
        Interlocked.Increment(ref _fetchRequests);
        if (bytes > 0)
        {
            Interlocked.Add(ref _bytesOut, bytes);
        }

        if (isConverted)
        {
            Interlocked.Increment(ref _fetchConversions);
        }

        // That an old client cannot be given a new codec is nobody's failure.
        if (!IsUsualRefusal(error) && error != ErrorCode.UnsupportedCompressionType)
        {
            Interlocked.Increment(ref _fetchFailures);
        }
    }

    /// <summary>Counts an answer for a partition to a member of a share group.</summary>
    /// <param name="error">The partition's error.</param>
    /// <param name="bytes">Bytes of the records that are sent.</param>
    internal void ShareFetched(ErrorCode error, int bytes)
    {
        _all?.ShareFetched(error, bytes);
        Interlocked.Increment(ref _shareFetches);
        Interlocked.Add(ref _bytesOut, bytes);
        if (!IsUsualRefusal(error))
        {
            Interlocked.Increment(ref _shareFetchFailures);
        }
    }

    /// <summary>Counts what a member of a share group has said of records of a partition.</summary>
    internal void ShareAcknowledged(ErrorCode error)
    {
        _all?.ShareAcknowledged(error);
        Interlocked.Increment(ref _shareAcknowledgements);
        if (!IsUsualRefusal(error))
        {
            Interlocked.Increment(ref _shareAcknowledgementFailures);
        }
    }

    /// <summary>
    /// Whether an error is one that clients meet in the course of things, or one that has a figure of its own. As in Kafka, the failure
    /// figures are to show what an operator must look into.
    /// </summary>
    private static bool IsUsualRefusal(ErrorCode error) => error is ErrorCode.None or ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId
        or ErrorCode.NotLeaderOrFollower or ErrorCode.UnknownLeaderEpoch or ErrorCode.FencedLeaderEpoch or ErrorCode.OffsetOutOfRange
        or ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.CorruptMessage or ErrorCode.KafkaStorageError
        or ErrorCode.InconsistentTopicId;

    private void Refused(in AppendOutcome outcome, int bytes)
    {
        if (!IsUsualRefusal(outcome.Error))
        {
            Interlocked.Increment(ref _produceFailures);
        }

        if (outcome.Error == ErrorCode.MessageTooLarge)
        {
            Interlocked.Add(ref _bytesRejected, bytes);
        }

        switch (outcome.Cause)
        {
            case AppendFailureCause.MissingKey:
                Interlocked.Increment(ref _keysMissing);
                break;
            case AppendFailureCause.Magic:
                Interlocked.Increment(ref _magicUnknown);
                break;
            case AppendFailureCause.Checksum:
                Interlocked.Increment(ref _checksumsWrong);
                break;
            case AppendFailureCause.Numbering:
                Interlocked.Increment(ref _numbersWrong);
                break;
            default:
                break;
        }
    }
}
