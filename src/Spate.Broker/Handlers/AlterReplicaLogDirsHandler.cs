using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Directories;
using Spate.Storage.Moves;

namespace Spate.Broker.Handlers;

/// <summary>
/// AlterReplicaLogDirs 0 to 2 (KIP-113): moves logs between the directories of this broker. The answer says that a move has begun; how far it is,
/// DescribeLogDirs tells. A partition that is not here is remembered: when it is made, it goes where it was wished. A partition that is
/// wished to two places at once is refused.
/// </summary>
public sealed class AlterReplicaLogDirsHandler(PartitionTable partitions, LogStore logs, LogMover mover)
    : RequestHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>
{
    protected override async ValueTask<AlterReplicaLogDirsResponse?> HandleAsync(
        AlterReplicaLogDirsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var wishes = request.Dirs
            .SelectMany(static dir => dir.Topics, static (dir, topic) => (dir.Path, topic))
            .SelectMany(static wish => wish.topic.Partitions, static (wish, index) => (Partition: new TopicPartition(wish.topic.Name, index), wish.Path))
            .ToLookup(static wish => wish.Partition, static wish => wish.Path);
        var reply = new AlterReplicaLogDirsResponse();
        var results = new Dictionary<string, AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult>(StringComparer.Ordinal);
        foreach (var wish in wishes)
        {
            if (!results.TryGetValue(wish.Key.Topic, out var result))
            {
                result = new AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult { TopicName = wish.Key.Topic };
                results.Add(wish.Key.Topic, result);
                reply.Results.Add(result);
            }

            result.Partitions.Add(new AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult
            {
                PartitionIndex = wish.Key.Partition,
                ErrorCode = wish.Distinct(StringComparer.Ordinal).Count() > 1 ? ErrorCode.InvalidRequest : await MoveAsync(wish.Key, wish.First()),
            });
        }

        return reply;
    }

    private async Task<ErrorCode> MoveAsync(TopicPartition partition, string path)
    {
        if (!PartitionDirectoryName.CanNameFuture(partition))
        {
            return PartitionDirectoryName.CanName(partition) ? ErrorCode.InvalidTopic : ErrorCode.ReplicaNotAvailable;
        }

        var wanted = Path.TrimEndingDirectorySeparator(path);
        if (logs.Directories.All.FirstOrDefault(directory => string.Equals(directory.Path, wanted, StringComparison.Ordinal)) is not { } destination)
        {
            return ErrorCode.LogDirNotFound;
        }

        if (!destination.IsOnline)
        {
            return ErrorCode.KafkaStorageError;
        }

        switch (partitions.Find(partition.Topic, partition.Partition, out _))
        {
            case ErrorCode.None:
                break;
            case ErrorCode.KafkaStorageError:
                return ErrorCode.KafkaStorageError;
            default:
                logs.Directories.Wish(partition, destination);
                return ErrorCode.ReplicaNotAvailable;
        }

        return await mover.BeginAsync(partition, destination) switch
        {
            MoveStart.Accepted => ErrorCode.None,
            MoveStart.NoLog => ErrorCode.ReplicaNotAvailable,
            _ => ErrorCode.KafkaStorageError,
        };
    }
}
