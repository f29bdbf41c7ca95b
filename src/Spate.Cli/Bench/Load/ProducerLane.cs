using Spate.Cli.Bench.Measuring;
using Spate.Client;
using Spate.Client.Producing;

namespace Spate.Cli.Bench.Load;

/// <summary>One producer and the loop that feeds it. It allocates nothing for a record. One phase at a time; whoever looks on reads the counters.</summary>
internal sealed class ProducerLane : IAsyncDisposable
{
    /// <summary>Records between two looks at the clock.</summary>
    private const int RecordsAtOnce = 200;

    private readonly Producer _producer;
    private readonly string _topic;
    private readonly SampleText _text;
    private readonly RecordStamp? _stamp;
    private readonly TimeProvider _clock;
    private readonly Action<DeliveryReport> _onDelivered;
    private readonly byte[] _value;
    private long _position;
    private long _posted;
    private long _delivered;
    private KafkaException? _failure;

    /// <param name="producer">The producer, which ends with this.</param>
    /// <param name="topic">Where the records go.</param>
    /// <param name="text">What their values are made of.</param>
    /// <param name="valueBytes">How long the values are.</param>
    /// <param name="position">Where in the text this lane begins.</param>
    /// <param name="stamp">What values begin with; null for nothing but text.</param>
    /// <param name="clock">The run's clock.</param>
    public ProducerLane(Producer producer, string topic, SampleText text, int valueBytes, long position, RecordStamp? stamp, TimeProvider clock)
    {
        (_producer, _topic, _text, _position, _stamp, _clock) = (producer, topic, text, position, stamp, clock);
        _value = new byte[valueBytes];
        _onDelivered = OnDelivered;
    }

    /// <summary>Records that were given to the producer.</summary>
    public long Posted => Volatile.Read(ref _posted);

    /// <summary>Records that were delivered.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>The first failure of a delivery; null while there is none.</summary>
    public KafkaException? Failure => Volatile.Read(ref _failure);

    /// <summary>By how many of the clock's ticks records were given to the producer later than they should have been.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Sends as fast as records are taken, until there are enough or the time is up, and waits until they are delivered.</summary>
    /// <param name="records">How many at most.</param>
    /// <param name="end">A timestamp of the clock.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task RunAsync(long records, long end, CancellationToken cancellation)
    {
        var last = records < long.MaxValue - _posted ? _posted + records : long.MaxValue;
        while (_posted < last && _clock.GetTimestamp() < end && Failure is null)
        {
            await PostSome(last, cancellation);
        }

        await _producer.FlushAsync(cancellation);
    }

    /// <summary>Sends each record when it is due, or as soon after it as it is taken, and waits until they are delivered.</summary>
    /// <param name="records">How many.</param>
    /// <param name="schedule">When each is due.</param>
    /// <param name="wait">Waits for it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task RunAsync(long records, SendSchedule schedule, FineWait wait, CancellationToken cancellation)
    {
        for (var number = 0L; number < records && Failure is null; number++)
        {
            var due = schedule.DueOf(number);
            await wait.UntilAsync(due, cancellation);
            Lateness.Add(_clock.GetTimestamp() - due);
            var taken = Post(due, cancellation);
            if (!taken.IsCompletedSuccessfully)
            {
                await taken;
            }
        }

        await _producer.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    /// <summary>Sends some records, or up to the first that was not taken at once.</summary>
    private ValueTask PostSome(long last, CancellationToken cancellation)
    {
        var end = Math.Min(last, _posted + RecordsAtOnce);
        while (_posted < end)
        {
            var taken = Post(due: 0, cancellation);
            if (!taken.IsCompletedSuccessfully)
            {
                return taken;
            }
        }

        return default;
    }

    /// <summary>Gives a record to the producer, which has written it down, or a copy of it, when this returns.</summary>
    private ValueTask Post(long due, CancellationToken cancellation)
    {
        var value = _text.Stretch(_position, _value.Length);
        _position += _value.Length;
        if (_stamp is { } stamp)
        {
            value.Span.CopyTo(_value);
            stamp.Write(_value, due);
            value = _value;
        }

        Volatile.Write(ref _posted, _posted + 1);
        return _producer.PostAsync(new ProducerRecord<NoKey, ReadOnlyMemory<byte>>(_topic, default, value), _onDelivered, cancellation);
    }

    /// <summary>Runs on the loop that sends, one record after the other.</summary>
    private void OnDelivered(DeliveryReport report)
    {
        if (report.Error is { } error)
        {
            Interlocked.CompareExchange(ref _failure, error, null);
            return;
        }

        Volatile.Write(ref _delivered, _delivered + 1);
    }
}
