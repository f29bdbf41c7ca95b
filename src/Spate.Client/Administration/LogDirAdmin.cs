using Spate.Client.Administration.Calls;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>Looks after the log directories of brokers. Safe for use by several threads at once; <see cref="Admin"/> says what holds for all calls.</summary>
public sealed class LogDirAdmin
{
    private const short FirstDescriptionWithAnError = 3;

    private readonly AdminCalls _calls;

    internal LogDirAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>What lies in the log directories of brokers, and how large it is (DescribeLogDirs). Each broker is asked about its own.</summary>
    /// <param name="brokers">Whose directories.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each broker its directories by their paths; one that is offline has an error of its own, KAFKA_STORAGE_ERROR.</returns>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<int, AdminResult<IReadOnlyDictionary<string, AdminResult<LogDirDescription>>>>> DescribeAsync(
        IReadOnlyCollection<int> brokers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(brokers);
        return new ItemCall<int, AdminResult<IReadOnlyDictionary<string, AdminResult<LogDirDescription>>>>(_calls, ApiKey.DescribeLogDirs)
        {
            Route = (wanted, token) => _calls.Routes.ToNamedAsync(wanted, static broker => broker, token),
            Again = RetryRules.Never,
            Ask = async (node, _, token) =>
            {
                using var reply = await _calls.AskAsync(node, new DescribeLogDirsRequest { Topics = null }, token).ConfigureAwait(false);
                var (answers, message) = (new Answers(ApiKey.DescribeLogDirs, _calls.NameOf(node)), reply.Message);

                // Before there was a place for the code, a broker that refused to tell told of nothing.
                var error = reply.Version < FirstDescriptionWithAnError && message.Results.Count == 0 ? ErrorCode.ClusterAuthorizationFailed : message.ErrorCode;
                var directories = message.Results.ToResults(
                    static directory => directory.LogDir, directory => answers.Of(Describe(directory), directory.ErrorCode, $"log directory '{directory.LogDir}'"));
                return new Dictionary<int, AdminResult<IReadOnlyDictionary<string, AdminResult<LogDirDescription>>>> { [node] = answers.Of(directories, error, "its log directories") };
            },
        }.RunAsync(brokers, cancellationToken);
    }

    /// <summary>
    /// Has brokers move logs into others of their directories (AlterReplicaLogDirs, KIP-113); for a partition that a broker does not have yet it says where it will lie.
    /// The moves go on when the call has ended; <see cref="DescribeAsync"/> tells how far they are.
    /// </summary>
    /// <param name="directories">The path of the directory for each.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A topic has no name, an index is negative, or a path is empty.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<PartitionReplica, AdminResult>> MoveReplicasAsync(
        IReadOnlyDictionary<PartitionReplica, string> directories, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directories);
        Arguments.Check(directories.Keys.Select(static replica => replica.Partition), nameof(directories));
        foreach (var path in directories.Values)
        {
            ArgumentException.ThrowIfNullOrEmpty(path, nameof(directories));
        }

        return new ItemCall<PartitionReplica, AdminResult>(_calls, ApiKey.AlterReplicaLogDirs)
        {
            Route = (wanted, token) => _calls.Routes.ToNamedAsync(wanted, static replica => replica.Broker, token),
            Again = RetryRules.Never,
            Ask = async (node, wanted, token) =>
            {
                var request = new AlterReplicaLogDirsRequest
                {
                    Dirs =
                    [
                        .. wanted.GroupBy(replica => directories[replica], StringComparer.Ordinal).Select(static group => new AlterReplicaLogDirsRequest.AlterReplicaLogDir
                        {
                            Path = group.Key,
                            Topics = group.Select(static replica => replica.Partition).ByTopic(static (topic, partitions) => new AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic { Name = topic, Partitions = partitions.Indexes() }),
                        }),
                    ],
                };
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.AlterReplicaLogDirs, _calls.NameOf(node));
                return reply.Message.Results.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.TopicName, partition.PartitionIndex), Done: partition))
                    .ToResults(each => new PartitionReplica(each.Name, node), each => answers.Of(each.Done.ErrorCode, each.Name));
            },
        }.RunAsync(directories.Keys, cancellationToken);
    }

    private static LogDirDescription Describe(DescribeLogDirsResponse.DescribeLogDirsResult directory) => new(
        directory.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), Log: partition))
            .ToResults(static each => each.Name, static each => new ReplicaDescription(each.Log.PartitionSize, each.Log.OffsetLag, each.Log.IsFutureKey)),
        directory.TotalBytes >= 0 ? directory.TotalBytes : null,
        directory.UsableBytes >= 0 ? directory.UsableBytes : null);
}
