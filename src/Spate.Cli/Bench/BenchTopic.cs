using System.Globalization;
using Spate.Cli.Positions;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;
using Spate.Protocol.Compression;

namespace Spate.Cli.Bench;

/// <summary>The topic of a measurement: one that was there and stays, or one of its own that goes with it.</summary>
internal sealed class BenchTopic : IAsyncDisposable
{
    /// <summary>What a batch and a record have around a value, and a little more.</summary>
    public const int BytesAroundValue = 100;

    private const string SizeLimit = "max.message.bytes";
    private const string DeleteDelay = "file.delete.delay.ms";

    private readonly ClusterCall _call;
    private readonly bool _isOwn;

    private BenchTopic(ClusterCall call, string name, IReadOnlyList<TopicPartition> partitions, bool isOwn) => (_call, Name, Partitions, _isOwn) = (call, name, partitions, isOwn);

    public string Name { get; }

    public IReadOnlyList<TopicPartition> Partitions { get; }

    /// <summary>Finds the topic that the shape names, or makes one.</summary>
    /// <param name="call">Of the cluster.</param>
    /// <param name="shape">The measurement.</param>
    /// <param name="mark">What tells the names of topics apart.</param>
    /// <exception cref="CommandException">It is not there, or does not take records of the size.</exception>
    /// <exception cref="KafkaException">It cannot be made.</exception>
    public static async Task<BenchTopic> OpenAsync(ClusterCall call, BenchShape shape, long mark)
    {
        var topic = shape.Topic is { } given
            ? new BenchTopic(call, given, await TopicLookup.PartitionsAsync(call, given, []), isOwn: false)
            : await CreateAsync(call, shape, mark);
        try
        {
            await topic.RefuseTooLargeAsync(shape);
            return topic;
        }
        catch
        {
            await topic.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the logs begin and end now.</summary>
    public Task<IReadOnlyDictionary<TopicPartition, LogBounds>> BoundsAsync(CancellationToken cancellation) =>
        PositionLookup.BoundsAsync(_call.Client.Admin, Partitions, IsolationLevel.ReadUncommitted, cancellation);

    /// <summary>Deletes the topic if it was made for this.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isOwn)
        {
            return;
        }

        try
        {
            // Also when it was interrupted: the topic goes.
            (await _call.Client.Admin.Topics.DeleteAsync([Name], CancellationToken.None)).ThrowIfAnyFailed();
        }
        catch (KafkaException failure)
        {
            _call.Say($"the topic of this measurement is left behind: {failure.Message} 'spate topics delete {Name}' deletes it.");
        }
    }

    private static async Task<BenchTopic> CreateAsync(ClusterCall call, BenchShape shape, long mark)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"spate-bench-{mark:x16}");

        // What is deleted a minute later costs the broker processor time in some other run; unless somebody wants that, it goes at once.
        var settings = new Dictionary<string, string>(shape.Settings, StringComparer.Ordinal);
        settings.TryAdd(DeleteDelay, "0");
        var wanted = new NewTopic(name) { Partitions = shape.Partitions, ReplicationFactor = shape.Replicas, Configs = settings };

        // Not to be interrupted: what is not known to be there cannot be deleted.
        (await call.Client.Admin.Topics.CreateAsync([wanted], cancellationToken: CancellationToken.None)).ThrowIfAnyFailed();
        call.Answered();
        return new BenchTopic(call, name, [.. Enumerable.Range(0, shape.Partitions).Select(index => new TopicPartition(name, index))], isOwn: true);
    }

    private async Task RefuseTooLargeAsync(BenchShape shape)
    {
        var resource = ConfigResource.Topic(Name);
        var answer = (await _call.Client.Admin.Configs.DescribeAsync([resource], cancellationToken: _call.Cancellation))[resource];

        // Who may not ask learns it from the broker's refusal, and so does who compresses, since it is the compressed batch that must not be larger.
        if (shape.HasProducers
            && shape.Compression == CompressionCodec.None
            && answer.IsSuccess
            && answer.Value.TryGetValue(SizeLimit, out var limit)
            && long.TryParse(limit.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && shape.Size + BytesAroundValue > bytes)
        {
            throw new CommandException(
                $"Records of {shape.Size} bytes are larger than topic '{Name}' takes: {SizeLimit} is {bytes}. Give a smaller --size, or {(_isOwn ? $"--set {SizeLimit}={shape.Size + BytesAroundValue}" : $"'spate topics alter {Name} --set {SizeLimit}={shape.Size + BytesAroundValue}'")}.",
                ExitCode.Usage);
        }
    }
}
