using System.Runtime.CompilerServices;
using Spate.Client.Consuming;
using Spate.Client.Telemetry;
using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>
/// A member of a share group (KIP-932): its members are given records one by one, each to one of them at a time, and say of each what became of it. A record that nobody finishes is given to another, as often as
/// the group allows. One enumeration at a time; everything else is safe for use by several threads at once.
/// </summary>
public sealed class ShareConsumer : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ShareConsumerOptions _options;
    private readonly string _memberId;
    private readonly ShareFetcher _fetcher;
    private readonly ConsumerOrigin _origin;
    private readonly Lock _gate = new();
    private ShareMember? _member;
    private int _isEnumerated;
    private int _isDisposed;

    internal ShareConsumer(Cluster cluster, ShareConsumerOptions options)
    {
        options.Validate(cluster.Options);
        _cluster = cluster;
        _options = options;
        _memberId = Uuid.NewRandom(new Random(cluster.Chance.Next(int.MaxValue))).ToString();
        _fetcher = new ShareFetcher(cluster, options, _memberId);
        _origin = new ConsumerOrigin(cluster.Watch.ClientId, options.GroupId, cluster.Clock);
    }

    /// <summary>The partitions that the group has given this member; others may read them too.</summary>
    public IReadOnlyCollection<TopicPartition> Assignment => _fetcher.Assigned;

    /// <summary>Joins the group and reads topics. Called again it reads these instead of those before.</summary>
    /// <param name="topics">The topics' names; they need not be there yet.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    public void Subscribe(params IEnumerable<string> topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        List<string> names = [.. topics.Distinct(StringComparer.Ordinal)];
        if (names.Count == 0 || names.Exists(string.IsNullOrEmpty))
        {
            throw new ArgumentException("Name one topic at least, and none without a name.", nameof(topics));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
            if (_member is null)
            {
                _member = new ShareMember(_cluster, _options, _fetcher, _memberId, names);
            }
            else
            {
                _member.Subscribe(names);
            }
        }
    }

    /// <summary>
    /// Hands out records as they come, without end. With <see cref="AcknowledgeMode.Implicit"/> a record counts as accepted when the one after it is asked for; leaving the enumeration, by whatever way, releases
    /// the one in hand. What has come and was not handed out is kept for the next enumeration.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="KafkaSerializationException">A record could not be read, and nobody was named to be told. Begun again, the enumeration goes on after it.</exception>
    /// <exception cref="KafkaGroupException">The group does not take this consumer. Begun again, the enumeration asks it again.</exception>
    /// <exception cref="KafkaTimeoutException">The group's coordinator could not be asked for <see cref="KafkaClientOptions.ApiTimeout"/>. Begun again, the enumeration goes on trying.</exception>
    /// <exception cref="KafkaException">A partition cannot be read.</exception>
    /// <exception cref="InvalidOperationException">Nothing is subscribed to, or another enumeration of this consumer runs.</exception>
    public async IAsyncEnumerable<ShareRecord<TKey, TValue>> ReceiveAsync<TKey, TValue>([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter();
        using var reader = new ChunkReader<TKey, TValue>(_cluster.Options.Serializers, _options.Reading, _origin);
        ShareChunk? chunk = null;
        ShareRecord<TKey, TValue>? inHand = null;
        try
        {
            while (true)
            {
                chunk = await _fetcher.NextAsync(cancellationToken).ConfigureAwait(false);
                reader.Open(chunk.Fetched);
                while (await ReadBatchAsync(reader, chunk, cancellationToken).ConfigureAwait(false))
                {
                    for (var index = 0; index < reader.Records.Count; index++)
                    {
                        if (Receive(reader, index, chunk, out var unreadable) is not { } record)
                        {
                            await TellAsync(unreadable, cancellationToken).ConfigureAwait(false);
                            continue;
                        }

                        yield return inHand = record;
                        Finish(ref inHand);
                        cancellationToken.ThrowIfCancellationRequested();
                    }
                }

                // What was acquired and is not there, such as the mark of a transaction's end, is done with too.
                _fetcher.Ledger.Pass(chunk.Lease, chunk.NextOffset, long.MaxValue, AcknowledgeType.Gap);
                reader.Close();
                chunk.Fetched.Frame.Release();
                chunk = null;
            }
        }
        finally
        {
            if (_options.AcknowledgeMode == AcknowledgeMode.Implicit)
            {
                inHand?.TryAcknowledge(AcknowledgeType.Release);
            }

            _fetcher.Ledger.Leave(chunk);
            Volatile.Write(ref _isEnumerated, 0);
        }
    }

    /// <summary>Sends all acknowledgements that were made, and ends when the leaders have answered.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition of which something was acknowledged since the last call null, or why not all of it counts: what does not is delivered again.</returns>
    public Task<IReadOnlyDictionary<TopicPartition, KafkaException?>> CommitAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        return _fetcher.Ledger.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Sends what was acknowledged, releases what is held, and leaves the group. Takes no longer than <see cref="KafkaClientOptions.RequestTimeout"/> for each; a broker that cannot be reached finds out by itself. An enumeration
    /// under way ends with <see cref="ObjectDisposedException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        ShareMember? member;
        lock (_gate)
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            {
                return;
            }

            member = _member;
        }

        await _fetcher.DisposeAsync().ConfigureAwait(false);
        if (member is not null)
        {
            await member.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        if (_member is not { } member)
        {
            throw new InvalidOperationException("Nothing is subscribed to; call Subscribe first.");
        }

        if (Interlocked.Exchange(ref _isEnumerated, 1) == 1)
        {
            throw new InvalidOperationException("This consumer is being enumerated already; enumerate it once at a time, or make another consumer.");
        }

        member.Ask();
    }

    /// <summary>Whoever had the record has asked for the next one.</summary>
    private void Finish<TKey, TValue>(ref ShareRecord<TKey, TValue>? inHand)
    {
        if (_options.AcknowledgeMode == AcknowledgeMode.Implicit)
        {
            inHand?.TryAcknowledge(AcknowledgeType.Accept);
        }

        inHand = null;
    }

    /// <summary>Reads the next batch of a chunk. One that is corrupt is nobody's to read: what was acquired from there on is rejected.</summary>
    private async ValueTask<bool> ReadBatchAsync<TKey, TValue>(ChunkReader<TKey, TValue> reader, ShareChunk chunk, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadBatchAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException)
        {
            _fetcher.Ledger.Pass(chunk.Lease, chunk.NextOffset, long.MaxValue, AcknowledgeType.Reject);
            chunk.IsSpent = true;
            throw;
        }
    }

    /// <summary>The record at an index, if it is this member's, was not handed out before and can be read; what cannot is acknowledged as the options say.</summary>
    private ShareRecord<TKey, TValue>? Receive<TKey, TValue>(ChunkReader<TKey, TValue> reader, int index, ShareChunk chunk, out KafkaSerializationException? unreadable)
    {
        unreadable = null;
        ref readonly var record = ref reader.Records[index];
        if (record.Offset < chunk.NextOffset)
        {
            return null;
        }

        _fetcher.Ledger.Pass(chunk.Lease, chunk.NextOffset, record.Offset, AcknowledgeType.Gap);
        chunk.NextOffset = record.Offset + 1;
        if (_fetcher.Ledger.DeliveryCountOf(chunk.Lease, record.Offset) is not { } deliveryCount)
        {
            return null;
        }

        unreadable = reader.ErrorAt(index);
        if (unreadable is null)
        {
            _cluster.Watch.Figures.Consumed(1);
            return new ShareRecord<TKey, TValue>(record, deliveryCount, _fetcher.Ledger, chunk.Lease);
        }

        _fetcher.Ledger.TryAcknowledge(chunk.Lease, record.Offset, _options.UnreadableRecords == UnreadableRecords.Reject ? AcknowledgeType.Reject : AcknowledgeType.Release);
        return null;
    }

    private ValueTask TellAsync(KafkaSerializationException? error, CancellationToken cancellationToken) =>
        error is null ? default : _options.OnUnreadable is { } told ? told(error, cancellationToken) : throw error;
}
