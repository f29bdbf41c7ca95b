using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Partitions;
using Spate.Broker.Shares.Partitions;
using Spate.Broker.Telemetry;
using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Shares.GivenUp;

/// <summary>
/// Writes records that share groups give up to the topics that they keep for them (KIP-1191), where they are before it is written down that they were given up: a
/// crash in between writes them twice. A group whose topic cannot be had, or may not be used so, goes on without, and its operator is told once. Safe for use by several
/// threads at once.
/// </summary>
internal sealed class DeadLetterTopics(Controller controller, PartitionTable table, BrokerSettings settings, TimeProvider clock, ShareMetrics metrics, ILogger logger)
{
    private static readonly ImmutableDictionary<long, OwnedRecord> Nothing = ImmutableDictionary<long, OwnedRecord>.Empty;

    /// <summary>Of which groups and topics it has been told that they go on without. No more than groups that somebody has set something for.</summary>
    private readonly ConcurrentDictionary<(string GroupId, string Topic), bool> _told = new();

    /// <param name="key">The group and the partition.</param>
    /// <param name="source">The partition.</param>
    /// <param name="group">What is set for the group.</param>
    /// <param name="letters">What is given up.</param>
    /// <returns>None when all is written, or nothing is to be; otherwise nothing may become of the records, and it is tried again.</returns>
    public async ValueTask<ErrorCode> WriteAsync(SharePartitionKey key, Partition source, ShareSettings group, IReadOnlyList<DeadLetters> letters)
    {
        // What was given up in the topic of dead letters itself would go round for ever.
        if (group.DeadLetterTopic is not { } name || name == source.Name.Topic)
        {
            return ErrorCode.None;
        }

        var topic = await FindAsync(key.GroupId, name);
        if (topic is null)
        {
            return ErrorCode.None;
        }

        var error = table.Find(topic.Id, source.Name.Partition % topic.Partitions.Length, out var target);
        if (error != ErrorCode.None)
        {
            return ErrorCode.KafkaStorageError;
        }

        using var batches = new DeadLetterBatches(key.GroupId, source.Name, target!.Log.Config.Validation.MaximumBatchSize, clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var letter in letters)
        {
            batches.Add(letter, group.CopiesDeadLetters ? GivenUpRecords.Read(source, letter.Offsets, logger) : Nothing);
        }

        error = await AppendAsync(target, batches.Complete());
        if (error == ErrorCode.None)
        {
            metrics.DeadLettersWritten(letters.Sum(static letter => letter.Offsets.Count));
        }

        return error;
    }

    private static async ValueTask<ErrorCode> AppendAsync(Partition target, IReadOnlyList<byte[]> batches)
    {
        var terms = new ProduceTerms { RequiresInSyncReplicas = true, AcceptsLegacyMagic = false, AcceptsZstd = true };
        foreach (var batch in batches)
        {
            var outcome = target.Append(batch, terms);
            var error = outcome.Error == ErrorCode.None && outcome.MustFlush ? await target.WaitUntilDurableAsync(outcome.LastOffset) : outcome.Error;
            if (error != ErrorCode.None)
            {
                // What is said of the topic of dead letters must not be taken for news of the one that the member reads.
                return error == ErrorCode.NotEnoughReplicas ? error : ErrorCode.KafkaStorageError;
            }
        }

        return ErrorCode.None;
    }

    private async ValueTask<TopicImage?> FindAsync(string groupId, string name)
    {
        if (!controller.Image.TryGetTopic(name, out var topic))
        {
            if (!settings.Values.Get(ShareKeys.DeadLetterAutoCreate))
            {
                Tell(groupId, name, $"there is no such topic, and {ShareKeys.DeadLetterAutoCreate.Name} does not let it be made");
                return null;
            }

            if (await CreateAsync(name) is { } fault)
            {
                Tell(groupId, name, $"it could not be made: {fault}");
            }

            return controller.Image.TryGetTopic(name, out topic) ? topic : null;
        }

        if (!new ConfigValues(controller.Image.ConfigOf(topic)).Get(TopicKeys.TakesDeadLetters))
        {
            Tell(groupId, name, $"{TopicKeys.TakesDeadLetters.Name} of the topic is not set to true");
            return null;
        }

        return topic;
    }

    private async ValueTask<string?> CreateAsync(string name)
    {
        try
        {
            var reply = await controller.CreateTopicsAsync(
                new CreateTopicsRequest
                {
                    Topics =
                    [
                        new()
                        {
                            Name = name,
                            NumPartitions = -1,
                            ReplicationFactor = -1,
                            Configs = [new() { Name = TopicKeys.TakesDeadLetters.Name, Value = "true" }],
                        },
                    ],
                },
                CancellationToken.None);
            return reply.Topics[0].ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists ? null : reply.Topics[0].ErrorMessage ?? reply.Topics[0].ErrorCode.ToString();
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
    }

    private void Tell(string groupId, string topic, string reason)
    {
        if (_told.TryAdd((groupId, topic), true))
        {
            logger.NoDeadLetters(groupId, topic, reason);
        }
    }
}
