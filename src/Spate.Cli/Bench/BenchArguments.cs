using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using Spate.Cli.Bench.Load;
using Spate.Cli.Grammar;
using Spate.Cli.Producing;
using Spate.Cli.Running;
using Spate.Client.Producing;
using Spate.Protocol.Compression;

namespace Spate.Cli.Bench;

/// <summary>The words that a verb of <c>spate bench</c> understands, and what they come to.</summary>
internal sealed class BenchArguments
{
    private const int LanesMax = 256;
    private const int SizeMax = 512 * 1024 * 1024;
    private const int DefaultSize = 1024;
    private const int DefaultPartitions = 4;
    private const int DefaultPairs = 5;
    private const double DefaultLatencyRate = 1000;
    private const double RateMax = 100_000_000;

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultWarmUp = TimeSpan.FromSeconds(2);

    private readonly Option<string?> _topic = new("--topic") { Description = "A topic that is there, and stays. Default: a new one, which is deleted afterwards.", HelpName = "name" };
    private readonly Option<int?> _partitions = new("--partitions", "-p") { Description = $"Partitions of the new topic. Default: {DefaultPartitions}.", HelpName = "number" };
    private readonly Option<short?> _replicas = new("--replicas", "-r") { Description = "Replicas of each. Default: the broker's default.replication.factor.", HelpName = "number" };
    private readonly Option<string[]> _set = Assignments.Option("--set", "A setting of the new topic, such as min.insync.replicas=2. May be given many times.");
    private readonly Option<long?> _records = new("--records", "-n") { Description = "How many records count.", HelpName = "number" };
    private readonly Option<TimeSpan?> _duration = ClusterVerbs.Durations("--duration", "How long it goes on, unless --records is reached before. Default: 10s, or until --records is reached.");
    private readonly Option<TimeSpan?> _warmUp = ClusterVerbs.Durations("--warm-up", "How long it goes on before anything counts. Default: 2s.");
    private readonly Option<int?> _size = new("--size") { Description = $"Bytes of a record's value. Default: {DefaultSize}.", HelpName = "bytes" };
    private readonly Option<double?> _rate;
    private readonly Option<int?> _producers = new("--producers") { Description = "How many producers send at the same time. Default: 1.", HelpName = "number" };
    private readonly Option<int?> _consumers = new("--consumers") { Description = "How many consumers share the partitions. Default: 1.", HelpName = "number" };
    private readonly Option<ReadingWay?> _read = Choices.Option(
        "--read",
        "How consumers take what they read. raw looks at records where they were received, batch and record hand out keys and values as bytes",
        ("raw", ReadingWay.Raw),
        ("batch", ReadingWay.Batch),
        ("record", ReadingWay.Record));
    private readonly Option<Acks?> _acks = ProducerWords.Acks();
    private readonly Option<CompressionCodec?> _compression = ProducerWords.Compression();
    private readonly Option<int?> _batchSize = new("--batch-size") { Description = "Bytes of a batch, before compression. Default: 16384.", HelpName = "bytes" };
    private readonly Option<TimeSpan?> _linger;
    private readonly Option<int?> _inFlight = new("--in-flight") { Description = "Requests under way to one broker. Default: 5.", HelpName = "number" };
    private readonly Option<int?> _seed = new("--seed") { Description = "What the values of records are made from. Default: by chance, and told.", HelpName = "number" };
    private readonly Option<string?> _against = new("--against") { Description = "Other options, in one word, for a second shape B. A and B are run in turn, and the ratios of their figures are told. --server may be among them.", HelpName = "options" };
    private readonly Option<int?> _pairs = new("--pairs") { Description = $"How many pairs of runs. Without --against the shape is run against itself, which shows the machine's noise. Default with --against: {DefaultPairs}.", HelpName = "number" };
    private readonly Option<string?> _otherServer = new("--server", "-s");

    private readonly BenchKind _kind;
    private readonly TimeSpan _defaultLinger;
    private readonly List<Option> _ofShape;

    public BenchArguments(BenchKind kind)
    {
        _kind = kind;
        _defaultLinger = kind == BenchKind.Latency ? TimeSpan.Zero : new ProducerOptions().Linger;
        _linger = ClusterVerbs.Durations("--linger", $"How long a batch waits for more records. Default: {_defaultLinger.TotalMilliseconds:0}ms.");
        _rate = new Option<double?>("--rate")
        {
            Description = $"Records each second, of all producers together. Default: {(kind == BenchKind.Latency ? "1000" : "as many as can be")}.",
            HelpName = "number",
        };
        _ofShape = [_topic, _partitions, _replicas, _set, _records, _duration, _warmUp, _size];
        if (kind != BenchKind.Consume)
        {
            _ofShape.AddRange([_rate, _producers]);
        }

        if (kind != BenchKind.Produce)
        {
            _ofShape.AddRange([_consumers, _read]);
        }

        _ofShape.AddRange([_acks, _compression, _batchSize, _linger, _inFlight, _seed]);
    }

    public void AddTo(Verb verb)
    {
        foreach (var option in _ofShape)
        {
            verb.Add(option);
        }

        verb.Add(_against);
        verb.Add(_pairs);
    }

    /// <summary>The measurement as it was asked for.</summary>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public BenchShape Shape(ClusterCall call) => Read(new ShapeWords(call.Arguments, null), call.Client.Options.BootstrapServers, RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>The shape that the first one is held against, and how many pairs of runs there are; null when one run is asked for.</summary>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public (BenchShape Other, int Pairs)? Comparison(ClusterCall call, BenchShape first)
    {
        var (other, pairs) = (call.Get(_against), call.Get(_pairs));
        if (other is null && pairs is null)
        {
            return null;
        }

        if (pairs is < 1)
        {
            throw Senseless($"--pairs is {pairs}; one pair of runs is the least there can be.");
        }

        var command = new Command("--against") { _otherServer };
        _ofShape.ForEach(command.Add);
        var parsed = command.Parse([.. CommandLineParser.SplitCommandLine(other ?? "")]);
        if (parsed.Errors.Count > 0)
        {
            throw Senseless($"--against cannot be used: {parsed.Errors[0].Message} It takes the options of 'spate bench {_kind.ToString().ToLowerInvariant()}' that say what is measured, such as --against '--linger 20ms'.");
        }

        return (Read(new ShapeWords(call.Arguments, parsed), parsed.GetValue(_otherServer) ?? first.Servers, first.Seed), pairs ?? DefaultPairs);
    }

    private BenchShape Read(ShapeWords words, string servers, int seed)
    {
        var (records, duration, rate) = (words.Get(_records), words.Get(_duration), words.Get(_rate));
        var shape = new BenchShape
        {
            Kind = _kind,
            Servers = servers,
            Topic = words.Get(_topic),
            Partitions = words.Get(_partitions) ?? DefaultPartitions,
            Replicas = words.Get(_replicas),
            Settings = Assignments.Split(words.Get(_set)).GroupBy(static pair => pair.Name, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.Last().Value, StringComparer.Ordinal),
            Records = records,
            Duration = duration ?? (records is null ? DefaultDuration : null),
            WarmUp = words.Get(_warmUp) ?? DefaultWarmUp,
            Size = words.Get(_size) ?? DefaultSize,
            Rate = rate ?? (_kind == BenchKind.Latency ? DefaultLatencyRate : null),
            Producers = words.Get(_producers) ?? 1,
            Consumers = words.Get(_consumers) ?? 1,
            Read = words.Get(_read) ?? ReadingWay.Raw,
            Acks = words.Get(_acks) ?? Acks.All,
            Compression = words.Get(_compression) ?? CompressionCodec.None,
            BatchSize = words.Get(_batchSize) ?? new ProducerOptions().BatchSize,
            Linger = words.Get(_linger) ?? _defaultLinger,
            InFlight = words.Get(_inFlight) ?? new ProducerOptions().MaxInFlight,
            Seed = words.Get(_seed) ?? seed,
        };
        Refuse(shape, words);
        return shape;
    }

    private void Refuse(BenchShape shape, ShapeWords words)
    {
        var sizeMin = shape.HasProducers && shape.HasConsumers ? RecordStamp.Size : 1;
        Require(shape.Records is null or > 0, _records, shape.Records, "give 1 at least, or --duration alone");
        Require(shape.Duration is null || shape.Duration > TimeSpan.Zero, _duration, Seconds(shape.Duration), "give it some time, such as 10s");
        Require(shape.Size >= sizeMin && shape.Size <= SizeMax, _size, shape.Size, $"a value has from {sizeMin} to {SizeMax} bytes{(sizeMin > 1 ? ", the first of which say when it should have been sent" : "")}");
        Require(shape.Rate is null or (> 0 and <= RateMax), _rate, shape.Rate, $"give records each second, above 0 and up to {RateMax:0}{(_kind == BenchKind.Latency ? "" : ", or leave it out for as many as can be")}");
        Require(shape.Partitions > 0, _partitions, shape.Partitions, "a topic has 1 at least");
        Require(shape.Replicas is null or > 0, _replicas, shape.Replicas, "a partition has 1 at least");
        Require(shape.Producers is > 0 and <= LanesMax, _producers, shape.Producers, $"give from 1 to {LanesMax}");
        Require(shape.Consumers is > 0 and <= LanesMax, _consumers, shape.Consumers, $"give from 1 to {LanesMax}");
        Require(shape.BatchSize > 0, _batchSize, shape.BatchSize, "give 1 at least");
        Require(shape.InFlight is > 0 and <= 1000, _inFlight, shape.InFlight, "give from 1 to 1000");
        if (shape.Topic is { } topic && new Option[] { _partitions, _replicas, _set }.FirstOrDefault(words.Has) is { } ofNew)
        {
            throw Senseless($"{ofNew.Name} is for a new topic, and --topic names '{topic}', which stays as it is; leave one of them out.");
        }
    }

    private static double? Seconds(TimeSpan? time) => time?.TotalSeconds;

    private static void Require(bool isUsable, Option option, object? value, string next)
    {
        if (!isUsable)
        {
            throw Senseless(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; {next}."));
        }
    }

    private static CommandException Senseless(string sentence) => new(sentence, ExitCode.Usage);
}
