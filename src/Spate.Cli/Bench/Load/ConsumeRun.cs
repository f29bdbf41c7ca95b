using System.Globalization;
using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Processes;
using Spate.Cli.Running;

namespace Spate.Cli.Bench.Load;

/// <summary>Consumers that read what lies in the topic, each its share of the partitions, again and again. A topic that was made for this is filled first.</summary>
internal sealed class ConsumeRun(ClusterCall call, BenchShape shape, BenchTopic topic) : IBenchRun
{
    /// <summary>How much is written into a topic of its own, where fewer records are not enough.</summary>
    private const long FillBytes = 256L * 1024 * 1024;

    /// <summary>The longest time that timers take.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(24);

    private readonly TimeProvider _clock = call.Surroundings.Clock;

    /// <summary>Put in its place when it is whole: whoever tells how far it has come looks at it meanwhile.</summary>
    private volatile List<LapReader> _readers = [];
    private volatile ProducerLane? _filler;
    private string _phase = "connecting";
    private Flow _read;

    /// <inheritdoc/>
    public string Tell() => _filler is { } filler
        ? string.Create(CultureInfo.InvariantCulture, $"{_phase}: {filler.Delivered:N0} records delivered")
        : string.Create(CultureInfo.InvariantCulture, $"{_phase}: {_readers.Sum(static reader => reader.Records):N0} records read");

    /// <inheritdoc/>
    public async Task<RunFigures> RunAsync(BrokerProcesses brokers, ProcFiles files, CancellationToken cancellation)
    {
        using var meter = new ProcessMeter(brokers, files, _clock);
        var hasBegun = false;
        try
        {
            if (shape.Topic is null)
            {
                await FillAsync(cancellation);
            }

            await AddReadersAsync(cancellation);
            if (shape.WarmUp > TimeSpan.Zero)
            {
                _phase = "warming up";
                await ReadAsync(long.MaxValue, shape.WarmUp, cancellation);
                foreach (var reader in _readers)
                {
                    reader.Rewind();
                }
            }

            _phase = "measuring";
            hasBegun = true;
            meter.Start();
            await ReadAsync(shape.Records ?? long.MaxValue, shape.Duration ?? Forever, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new RunFigures
            {
                Read = hasBegun ? _read : null,
                Processes = hasBegun ? meter.Read() : [],
                IsInterrupted = true,
                Remarks = hasBegun ? [] : ["It was interrupted before anything counted."],
            };
        }
        catch (Exception failure) when (hasBegun && RunFigures.MayEndWith(failure))
        {
            return new RunFigures { Read = _read, Processes = meter.Read(), Failure = failure };
        }

        return new RunFigures { Read = _read, Processes = meter.Read() };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_filler is not null)
        {
            await _filler.DisposeAsync();
        }

        // What waits for a broker that has gone waits at the same time.
        await Task.WhenAll(_readers.Select(static reader => reader.DisposeAsync().AsTask()));
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        _phase = "filling the topic";
        var count = Math.Max(1, Math.Min(shape.Records ?? long.MaxValue, FillBytes / shape.Size));
        var filler = new ProducerLane(call.Client.CreateProducer(shape.ProducerOptions(call.Client.Options.Producer)), topic.Name, new SampleText(shape.Seed, shape.Size), shape.Size, 0, stamp: null, _clock);
        _filler = filler;
        await filler.RunAsync(count, long.MaxValue, cancellation);
        if (filler.Failure is { } failure)
        {
            throw new CommandException($"{filler.Delivered} of {count} records were delivered to be read. {failure.Message}", Failures.StatusOf(failure));
        }

        await filler.DisposeAsync();
        _filler = null;
    }

    private async Task AddReadersAsync(CancellationToken cancellation)
    {
        var bounds = await topic.BoundsAsync(cancellation);
        if (bounds.All(static bound => bound.Value.End <= bound.Value.Start))
        {
            throw new CommandException($"Topic '{topic.Name}' has no records to be read. 'spate bench produce --topic {topic.Name}' writes some; without --topic this makes a topic, and fills it.", ExitCode.Usage);
        }

        var readers = new List<LapReader>();
        for (var index = 0; index < shape.Consumers; index++)
        {
            var laps = LoadRun.ShareOf(topic.Partitions, index, shape.Consumers)
                .Where(partition => bounds[partition].End > bounds[partition].Start)
                .ToDictionary(static partition => partition, partition => (bounds[partition].Start, bounds[partition].End));
            readers.Add(new LapReader(call.Client.CreateConsumer(shape.ConsumerOptions(call.Client.Options.Consumer)), shape.Read, laps, _clock));
        }

        _readers = readers;
    }

    /// <summary>Reads for a time or a number of records, and takes down what was read.</summary>
    private async Task ReadAsync(long records, TimeSpan duration, CancellationToken cancellation)
    {
        var before = Counted();
        var start = _clock.GetTimestamp();
        using var target = new LapTarget(records, duration, _clock);
        using var together = new Together(cancellation);
        using var read = new LastGrowth(() => Counted().Records, _clock);
        try
        {
            await together.RunAsync(_readers.Select<LapReader, Func<CancellationToken, Task>>(reader => token => reader.RunAsync(target, token)));
        }
        finally
        {
            var end = target.ReachedAt is not 0 and var reached ? reached : together.Failure is null ? _clock.GetTimestamp() : read.At;
            var now = Counted();
            _read = new Flow(now.Records - before.Records, now.Bytes - before.Bytes, _clock.GetElapsedTime(start, end));
        }
    }

    private (long Records, long Bytes) Counted() => (_readers.Sum(static reader => reader.Records), _readers.Sum(static reader => reader.Bytes));
}
