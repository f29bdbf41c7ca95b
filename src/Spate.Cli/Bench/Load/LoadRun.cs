using System.Globalization;
using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Processes;
using Spate.Cli.Running;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// Producers, and consumers that read what they write. The warm-up and what counts are two phases of the same kind; between them everything is delivered and read, so that neither is in the
/// figures of the other.
/// </summary>
internal sealed class LoadRun : IBenchRun
{
    /// <summary>When half of the records are given to the producer later than that, the rate is not kept.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Until the first record of a schedule is due, so that whoever sends it is there by then.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(2);

    private readonly BenchShape _shape;
    private readonly BenchTopic _topic;
    private readonly ClusterCall _call;
    private readonly TimeProvider _clock;
    private readonly FineWait _wait;
    private readonly List<ProducerLane> _producers;
    private readonly RecordStamp _stamp;

    /// <summary>Put in its place when it is whole: whoever tells how far it has come looks at it meanwhile.</summary>
    private volatile List<ConsumerLane> _consumers = [];
    private string _phase = "connecting";
    private long _start;
    private long _sentAt;
    private LoadCounters _before;
    private LoadCounters _after;

    /// <param name="call">Of the cluster.</param>
    /// <param name="shape">What is measured.</param>
    /// <param name="topic">Where.</param>
    /// <param name="mark">By which the run's records are known.</param>
    public LoadRun(ClusterCall call, BenchShape shape, BenchTopic topic, long mark)
    {
        (_call, _shape, _topic, _clock) = (call, shape, topic, call.Surroundings.Clock);
        _wait = new FineWait(_clock);
        _stamp = new RecordStamp(mark);
        var text = new SampleText(shape.Seed, shape.Size);
        var options = shape.ProducerOptions(call.Client.Options.Producer);
        RecordStamp? stamp = shape.HasConsumers ? _stamp : null;
        _producers =
        [
            .. Enumerable.Range(0, shape.Producers).Select(index => new ProducerLane(
                call.Client.CreateProducer(options), topic.Name, text, shape.Size, (long)index * shape.Size * 1000, stamp, _clock)),
        ];
    }

    /// <inheritdoc/>
    public string Tell()
    {
        var now = Now() - _before;
        var words = string.Create(CultureInfo.InvariantCulture, $"{_phase}: {now.Delivered:N0} records delivered{(_shape.HasConsumers ? $", {now.Read:N0} read" : "")}");
        if (!_shape.IsTimed || now.Read == 0 || _consumers is not [var first, ..])
        {
            return words;
        }

        var latency = LatencyFigures.Of(first.Latency, _clock.TimestampFrequency);
        return words + string.Create(CultureInfo.InvariantCulture, $", half of them in {latency.P50.TotalMilliseconds:0.00} ms, 99 % in {latency.P99.TotalMilliseconds:0.00} ms");
    }

    /// <inheritdoc/>
    public async Task<RunFigures> RunAsync(BrokerProcesses brokers, ProcFiles files, CancellationToken cancellation)
    {
        using var meter = new ProcessMeter(brokers, files, _clock);
        using var together = new Together(cancellation);
        using var delivered = new LastGrowth(() => _producers.Sum(static lane => lane.Delivered), _clock);
        var isInterrupted = false;
        Exception? failure = null;
        Task reading = Task.CompletedTask;
        try
        {
            if (_shape.HasConsumers)
            {
                await AddConsumersAsync(together.Token);
                reading = Task.WhenAll(_consumers.Select(lane => together.Begin(lane.RunAsync)));
            }

            if (_shape.WarmUp > TimeSpan.Zero)
            {
                _phase = "warming up";
                await PhaseAsync(together, _shape.WarmUp, records: null);
            }

            Begin(meter);
            _phase = "measuring";
            await PhaseAsync(together, _shape.Duration, _shape.Records);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            isInterrupted = true;
        }
        catch (OperationCanceledException) when (_start > 0 && together.Failure is { } first && RunFigures.MayEndWith(first))
        {
            failure = first;
        }
        catch (OperationCanceledException)
        {
            together.ThrowIfFailed();
            throw;
        }
        catch (Exception first) when (_start > 0 && RunFigures.MayEndWith(first))
        {
            failure = first;
        }
        finally
        {
            _after = Now();
            _sentAt = _sentAt > _start ? _sentAt : failure is null ? _clock.GetTimestamp() : Math.Max(_start, delivered.At);
            await together.StopAsync();
            await reading;
        }

        if (failure is not null && _after - _before is { Delivered: 0, Read: 0 })
        {
            // Nothing was done until then that could be shown.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return Figures(meter, isInterrupted, failure);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What waits for a broker that has gone waits at the same time.
        await Task.WhenAll(_producers.Select(static lane => lane.DisposeAsync().AsTask()).Concat(_consumers.Select(static lane => lane.DisposeAsync().AsTask())));
    }

    private async Task AddConsumersAsync(CancellationToken cancellation)
    {
        var bounds = await _topic.BoundsAsync(cancellation);
        var lanes = new List<ConsumerLane>();
        for (var index = 0; index < _shape.Consumers; index++)
        {
            var consumer = _call.Client.CreateConsumer(_shape.ConsumerOptions(_call.Client.Options.Consumer));
            lanes.Add(new ConsumerLane(consumer, _shape.Read, _stamp, _clock));
            var own = ShareOf(_topic.Partitions, index, _shape.Consumers);
            consumer.Assign(own, StartPosition.Beginning);
            foreach (var partition in own)
            {
                consumer.Seek(partition, StartPosition.At(bounds[partition].End));
            }
        }

        _consumers = lanes;
    }

    /// <summary>The partitions of one of several who share them.</summary>
    internal static IReadOnlyList<TopicPartition> ShareOf(IReadOnlyList<TopicPartition> partitions, int index, int count) => [.. partitions.Where((_, at) => at % count == index)];

    /// <summary>Sends for a time or a number of records, until all of it is delivered and read.</summary>
    private async Task PhaseAsync(Together together, TimeSpan? duration, long? records)
    {
        var start = _clock.GetTimestamp() + (_shape.Rate is null ? 0 : (long)(Lead.TotalSeconds * _clock.TimestampFrequency));
        var count = _shape.RecordsOf(duration, records);
        var end = duration is { } length ? start + (long)(length.TotalSeconds * _clock.TimestampFrequency) : long.MaxValue;
        await together.RunAsync(_producers.Select<ProducerLane, Func<CancellationToken, Task>>((lane, index) =>
        {
            var own = count == long.MaxValue ? count : (count / _producers.Count) + (index < count % _producers.Count ? 1 : 0);
            return _shape.Rate is { } rate
                ? token => lane.RunAsync(own, SendSchedule.Of(start, rate, index, _producers.Count, _clock.TimestampFrequency), _wait, token)
                : token => lane.RunAsync(own, end, token);
        }));
        var now = Now();
        if (_producers.Select(static lane => lane.Failure).FirstOrDefault(static failure => failure is not null) is { } failure)
        {
            throw new CommandException($"{now.Delivered} of {now.Posted} records were delivered. {failure.Message}", Failures.StatusOf(failure));
        }

        _sentAt = _clock.GetTimestamp();
        if (_consumers.Count > 0)
        {
            await DrainAsync(now.Delivered, together.Token);
            together.ThrowIfFailed();
        }
    }

    /// <summary>Waits until everything has been read that was delivered.</summary>
    private async Task DrainAsync(long delivered, CancellationToken cancellation)
    {
        var (seen, since) = (-1L, _clock.GetTimestamp());
        while (Now().Read is var read && read < delivered)
        {
            if (read != seen)
            {
                (seen, since) = (read, _clock.GetTimestamp());
            }

            if (_clock.GetElapsedTime(since) > _call.Timeout)
            {
                throw new CommandException(
                    $"{delivered - read} of {delivered} records were delivered and were not read within {_call.Timeout.TotalSeconds:0.#} s after the last that was. Look at the broker's log; --timeout gives it more time.");
            }

            await Task.Delay(Pause, _clock, cancellation);
        }
    }

    /// <summary>What comes counts from now on. Everything is delivered and read, so nobody counts at this moment.</summary>
    private void Begin(ProcessMeter meter)
    {
        _producers.ForEach(static lane => lane.Lateness.Clear());
        foreach (var consumer in _consumers)
        {
            consumer.Latency.Clear();
        }

        _before = Now();
        meter.Start();
        _start = _clock.GetTimestamp();
    }

    private RunFigures Figures(ProcessMeter meter, bool isInterrupted, Exception? failure)
    {
        if (_start == 0)
        {
            return new RunFigures { Processes = [], IsInterrupted = isInterrupted, Remarks = ["It was interrupted before anything counted."] };
        }

        var remarks = new List<string>();

        var counted = _after - _before;
        var lastRead = _consumers.Count > 0 ? _consumers.Max(static lane => lane.LastReadAt) : 0;
        var sent = new Flow(counted.Delivered, counted.Delivered * _shape.Size, _clock.GetElapsedTime(_start, _sentAt));
        LatencyFigures? lateness = _shape.Rate is null ? null : Sum(_producers.Select(static lane => lane.Lateness));
        if (_shape.Rate is { } rate && !isInterrupted && failure is null && lateness?.P50 > Behind)
        {
            remarks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The rate was not kept: {sent.RecordsPerSecond:N0} of {rate:N0} records/s were sent. Times count from when each record should have been sent, and grow for as long as the senders are behind; give a lower --rate, or more --producers."));
        }

        return new RunFigures
        {
            Sent = sent,
            Read = _shape.HasConsumers ? new Flow(counted.Read, counted.ReadBytes, lastRead > _start ? _clock.GetElapsedTime(_start, lastRead) : TimeSpan.Zero) : null,
            Latency = _shape.IsTimed ? Sum(_consumers.Select(static lane => lane.Latency)) : null,
            Lateness = lateness,
            Processes = meter.Read(),
            IsInterrupted = isInterrupted,
            Failure = failure,
            Remarks = remarks,
        };
    }

    private LatencyFigures Sum(IEnumerable<LatencyHistogram> histograms)
    {
        var sum = new LatencyHistogram();
        foreach (var histogram in histograms)
        {
            sum.Add(histogram);
        }

        return LatencyFigures.Of(sum, _clock.TimestampFrequency);
    }

    private LoadCounters Now() => new(
        _producers.Sum(static lane => lane.Posted),
        _producers.Sum(static lane => lane.Delivered),
        _consumers.Sum(static lane => lane.Records),
        _consumers.Sum(static lane => lane.Bytes));
}
